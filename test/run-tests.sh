#!/usr/bin/env bash
# Every test of the solution, one project after another; the last line is "N passed, M failed". What build.sh test and build.ps1 test run.
# Arguments go to dotnet test (--filter ...).
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# dotnet wants a home that it may write.
[[ -n ${HOME:-} && -w $HOME ]] || export HOME=$scratch
# Build nodes that stay would keep our output open after the end.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

fail_all() {
    echo "$1" >&2
    echo "0 passed, 1 failed"
    exit 1
}

# In the SDK's image the first branch succeeds: root installs Debian packages there. The copy keeps what a container's root builds out of the tree.
in_container() {
    docker run --rm --env CI --volume "$PWD:/src:ro" mcr.microsoft.com/dotnet/sdk:10.0 bash -c '
        mkdir /build && tar -C /src --exclude=bin --exclude=obj --exclude=.git -cf - . | tar -C /build -xf - && cd /build || exit 1
        MTSOCKETS_TESTS_IN_CONTAINER=1 exec bash test/run-tests.sh "$@"' run-tests "$@"
}

exec 3>&1
if ! reason=$(bash test/install-brokers.sh 2>&1 >&3); then
    if [[ -z ${MTSOCKETS_TESTS_IN_CONTAINER:-} ]] && docker info >/dev/null 2>&1; then
        echo "Running in a container."
        in_container "$@"
        exit
    fi
    fail_all "$reason"
fi

command -v dotnet >/dev/null || fail_all "dotnet is not on the path: install the .NET SDK that global.json names."
dotnet build MtSockets.sln -c Release -p:UseSharedCompilation=false || fail_all "The solution does not build."

results=$scratch/results
passed=0 failed=0
declare -a summary

# A number out of the counters of a result file; 0 where it has none.
counter() {
    local value
    value=$(grep -o '<Counters [^>]*' "$2" 2>/dev/null | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9')
    echo "${value:-0}"
}

run_project() {
    local project=$1 name trx status total ok bad skipped started=$SECONDS
    shift
    name=$(basename "$project" .csproj)
    trx=$results/$name.trx
    echo
    echo "== $name"
    # A test that hangs ends its project after five minutes, as a failure.
    dotnet test "$project" -c Release --no-build --results-directory "$results" \
        --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" \
        --blame-hang --blame-hang-timeout 5m --blame-hang-dump-type none "$@" </dev/null
    status=$?

    total=$(counter total "$trx") ok=$(counter passed "$trx") bad=$(counter failed "$trx")
    skipped=$((total - ok - bad))
    if ((skipped > 0)); then
        echo "$name: $skipped skipped. A skipped test counts as failed:"
        sed -n '/<UnitTestResult .*outcome="NotExecuted"/,/<\/UnitTestResult>/{
            s/.* testName="\([^"]*\)".*/  \1/p
            s/.*<Message>\(.*\)<\/Message>.*/    reason: \1/p
        }' "$trx"
        bad=$((bad + skipped))
    fi
    if ((total == 0)); then
        echo "$name: not one test has run. That counts as a failure."
        bad=1
    elif ((status != 0 && bad == 0)); then
        echo "$name: dotnet test ended with code $status (see above). That counts as a failure."
        bad=1
    fi
    passed=$((passed + ok)) failed=$((failed + bad))
    summary+=("$(printf '%-40s %5d passed %5d failed %5d s' "$name" "$ok" "$bad" $((SECONDS - started)))")
}

while IFS= read -r project; do
    if [[ $(dotnet msbuild "$project" -getProperty:IsTestProject) == true ]]; then
        run_project "$project" "$@"
    fi
done < <(find test -name '*.csproj' | sort)

echo
((${#summary[@]})) && printf '%s\n' "${summary[@]}"
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
