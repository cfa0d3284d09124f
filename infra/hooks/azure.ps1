# What the hooks need. Dot-sourced, not run. azure.sh is its twin.

# What the Azure CLI wrote to standard error when it was last asked.
$script:AzureSaid = ''

function Say([string] $text) {
    [Console]::Error.WriteLine($text)
}

function Fail([string] $text) {
    Say "ERROR: $text"
    exit 1
}

# Takes each setting from azd's environment where it is not in this process's, so that a hook can be run by hand. Empty where neither
# has it.
function Take([string[]] $names) {
    foreach ($name in $names) {
        if (-not [Environment]::GetEnvironmentVariable($name)) {
            $value = if (Get-Command azd -ErrorAction SilentlyContinue) { azd env get-value $name 2>$null }
            if ($value -and $LASTEXITCODE -eq 0) {
                [Environment]::SetEnvironmentVariable($name, $value)
            }
        }
    }
}

# Takes settings that a hook cannot do without.
function Need([string[]] $names) {
    Take $names
    foreach ($name in $names) {
        if (-not [Environment]::GetEnvironmentVariable($name)) {
            Fail "$name is not set: run 'azd provision' first, or 'azd env select' another environment."
        }
    }
}

# Asks the Azure CLI about azd's subscription; without this it would ask about the one that it was last set to.
function Azure {
    $lines = az @args --subscription "$env:AZURE_SUBSCRIPTION_ID" --only-show-errors 2>&1
    $script:AzureSaid = ($lines | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] }) -join "`n"
    $lines | Where-Object { $_ -isnot [System.Management.Automation.ErrorRecord] }
}

# This project's own command, signed in as the Azure CLI is, which check-login.ps1 has looked at.
function TinySaver {
    $env:AZURE_TOKEN_CREDENTIALS = 'AzureCliCredential'
    dotnet run -c Release --project src/TinySaver.Cli -- @args
}

# Runs the script block until it answers true, waiting 5, 10, 20 and then 30 seconds between attempts. Who gives up says what
# the Azure CLI said last.
function Retry([int] $attempts, [string] $what, [scriptblock] $action) {
    $wait = 5
    for ($count = 1; -not (& $action); $count++) {
        if ($count -ge $attempts) {
            Say $script:AzureSaid
            return $false
        }
        Say "${what}: not yet (attempt $count of $attempts); trying again in $wait s."
        Start-Sleep -Seconds $wait
        $wait = [Math]::Min(2 * $wait, 30)
    }
    return $true
}
