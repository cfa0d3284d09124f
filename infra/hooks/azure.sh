# shellcheck shell=sh
# What the hooks need. Sourced, not run. azure.ps1 is its twin.

say() {
  printf '%s\n' "$*" >&2
}

fail() {
  say "ERROR: $*"
  exit 1
}

# take NAME...: takes each setting from azd's environment where it is not in this shell's, so that a hook can be run by hand. Empty
# where neither has it.
take() {
  for take_name in "$@"; do
    eval "take_value=\${$take_name:-}"
    [ -n "$take_value" ] || take_value=$(azd env get-value "$take_name" 2>/dev/null) || take_value=
    eval "$take_name=\$take_value"
  done
}

# need NAME...: takes settings that a hook cannot do without.
need() {
  for need_name in "$@"; do
    take "$need_name"
    [ -n "$take_value" ] || fail "$need_name is not set: run 'azd provision' first, or 'azd env select' another environment."
  done
}

# azure ARGUMENT...: asks the Azure CLI about azd's subscription; without this it would ask about the one that it was last set to.
azure() {
  az "$@" --subscription "$AZURE_SUBSCRIPTION_ID" --only-show-errors
}

# tinysaver ARGUMENT...: this project's own command, signed in as the Azure CLI is, which check-login.sh has looked at.
tinysaver() {
  AZURE_TOKEN_CREDENTIALS=AzureCliCredential dotnet run -c Release --project src/TinySaver.Cli -- "$@"
}

# retry ATTEMPTS WHAT COMMAND...: until the command succeeds, waiting 5, 10, 20 and then 30 seconds between attempts. Who gives
# up says what the command said last.
retry() {
  retry_attempts=$1
  retry_what=$2
  shift 2
  retry_count=1
  retry_wait=5
  until retry_said=$("$@" 2>&1); do
    if [ "$retry_count" -ge "$retry_attempts" ]; then
      say "$retry_said"
      return 1
    fi
    say "$retry_what: not yet (attempt $retry_count of $retry_attempts); trying again in $retry_wait s."
    sleep "$retry_wait"
    retry_count=$((retry_count + 1))
    retry_wait=$((retry_wait * 2))
    [ "$retry_wait" -le 30 ] || retry_wait=30
  done
}
