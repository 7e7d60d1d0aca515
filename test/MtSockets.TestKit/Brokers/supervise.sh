# supervise.sh <log> <folder> <program> [arguments]: runs a broker for a test process and never lets it outlive that.
# stdin is a pipe that only the test process holds: words on it are orders, its end (the process has stopped, been killed,
# or has crashed) kills the broker and removes its folder. stdout answers: the process group, then one word for each order.
set -m # job control: the broker gets a process group of its own, so that one signal hits all of it and nothing else
log=$1 folder=$2
shift 2
exec 2>>"$log"
"$@" </dev/null >>"$log" &
broker=$!
{
    while read -r order; do
        case $order in
            stop) kill -STOP -- "-$broker" && echo stopped ;;
            cont) kill -CONT -- "-$broker" && echo continued ;;
            kill) kill -KILL -- "-$broker"; exit ;;
        esac
    done
    kill -KILL -- "-$broker"
    # What is dying may still create a file or two.
    for _ in {1..50}; do rm -rf "$folder" && break; sleep 0.1; done
} <&0 2>/dev/null &
orders=$!
echo "$broker"
# Looked at, not waited for: with job control, bash's own wait can spin for ever once a job was stopped and then killed.
while kill -0 -- "-$broker" 2>/dev/null; do sleep 0.2; done
wait "$broker"
echo "exited $?"
while kill -0 "$orders" 2>/dev/null; do sleep 0.2; done
