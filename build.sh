#!/usr/bin/env bash
# ./build.sh run [arguments]           one server, nothing else needed
# ./build.sh test [arguments]          every test; arguments go to dotnet test
# ./build.sh bench [arguments]         the load benchmark
# ./build.sh microbench [arguments]    BenchmarkDotNet on single parts; arguments go to it (--filter '*Parse*')
# ./build.sh cluster [arguments]       Redis, RabbitMQ, two servers and a load balancer in Docker
# build.ps1 is its twin.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

verb=${1:-help}
shift || true

case $verb in
    run) exec dotnet run --project Edge -- "$@" ;;
    test) exec bash test/run-tests.sh "$@" ;;
    bench)
        # The servers that it starts are not among its references.
        dotnet build -c Release --nologo --verbosity quiet MtSockets.sln
        exec dotnet run -c Release --no-build --project test/MtSockets.Bench -- "$@"
        ;;
    microbench) exec dotnet run -c Release --project test/MtSockets.MicroBench -- "$@" ;;
    cluster)
        if docker compose version >/dev/null 2>&1; then
            exec docker compose up --build "$@"
        fi
        exec docker-compose up --build "$@"
        ;;
    *)
        sed -n '2,7s/^# //p' build.sh >&2
        exit 2
        ;;
esac
