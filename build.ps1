# build.ps1 run | test | bench | microbench | cluster [arguments]: see build.sh, its twin.
# On Windows, tests run in a container, for private brokers need Linux; with MTSOCKETS_TEST_REDIS and MTSOCKETS_TEST_RABBITMQ
# set to the addresses of running brokers they run directly, and those that must kill a broker of their own fail and say so.
$ErrorActionPreference = 'Stop'
$verb = if ($args.Count -gt 0) { [string]$args[0] } else { 'help' }
$rest = @($args | Select-Object -Skip 1)
$windowsHost = $env:OS -eq 'Windows_NT'
$sdkImage = 'mcr.microsoft.com/dotnet/sdk:10.0'
# $* and no double quotes: Windows PowerShell loses those on the way to a program.
$inContainer = 'mkdir /build && tar -C /src --exclude=bin --exclude=obj --exclude=.git -cf - . | tar -C /build -xf - && cd /build && exec bash build.sh test $*'

function Test-Engine {
    if (-not (Get-Command docker -ErrorAction SilentlyContinue)) { return $false }
    # Windows PowerShell turns what a program writes to stderr into an error.
    $ErrorActionPreference = 'Continue'
    docker info 2>&1 | Out-Null
    return $LASTEXITCODE -eq 0
}

Push-Location $PSScriptRoot
try {
    switch ($verb) {
        'run' { dotnet run --project Edge -- @rest }
        'bench' {
            # The servers that it starts are not among its references.
            dotnet build -c Release --nologo --verbosity quiet MtSockets.sln
            if ($LASTEXITCODE -eq 0) { dotnet run -c Release --no-build --project test/MtSockets.Bench -- @rest }
        }
        'microbench' { dotnet run -c Release --project test/MtSockets.MicroBench -- @rest }
        'cluster' { docker compose up --build @rest }
        'test' {
            if (-not $windowsHost) {
                bash build.sh test @rest
            }
            elseif ($env:MTSOCKETS_TEST_REDIS -and $env:MTSOCKETS_TEST_RABBITMQ) {
                dotnet test MtSockets.sln -c Release -m:1 @rest
            }
            elseif (Test-Engine) {
                docker run --rm --volume "${PSScriptRoot}:/src:ro" $sdkImage bash -c $inContainer tests @rest
            }
            else {
                Write-Host 'Tests need Redis and RabbitMQ. Start Docker Desktop, or set MTSOCKETS_TEST_REDIS and MTSOCKETS_TEST_RABBITMQ to the addresses (host:port) of running ones.'
                exit 1
            }
        }
        default {
            Write-Host 'build.ps1 run | test | bench | microbench | cluster [arguments]'
            exit 2
        }
    }
    exit $LASTEXITCODE
}
finally {
    Pop-Location
}
