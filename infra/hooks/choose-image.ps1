# Before `azd deploy`: puts the Dockerfile that suits TINYSAVER_GPU where azure.yaml has azd look for it. azd takes no variable
# there, and one file for both would not do: the registry's builder runs every stage, CUDA's gigabytes too.
# choose-image.sh is its twin: change both.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Set-Location (Join-Path $PSScriptRoot '../..')
. ./infra/hooks/azure.ps1

Need 'TINYSAVER_GPU'
New-Item -ItemType Directory -Force artifacts | Out-Null
$file = if ($env:TINYSAVER_GPU -eq 'none') { 'Dockerfile' } else { 'Dockerfile.gpu' }
Copy-Item "src/TinySaver.Functions.Large/$file" artifacts/large.Dockerfile
