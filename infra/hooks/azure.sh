# shellcheck shell=sh
# What the hooks need. Sourced, not run. azure.ps1 is its twin.

say() {
  printf '%s\n' "$*" >&2
}

fail() {
  say "ERROR: $*"
  exit 1
}

# need NAME...: takes each setting from azd's environment where it is not in this shell's, so that a hook can be run by hand.
need() {
  for need_name in "$@"; do
    eval "need_value=\${$need_name:-}"
    if [ -z "$need_value" ]; then
      need_value=$(azd env get-value "$need_name" 2>/dev/null) || need_value=
      [ -n "$need_value" ] || fail "$need_name is not set: run 'azd provision' first, or 'azd env select' another environment."
      eval "$need_name=\$need_value"
    fi
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
