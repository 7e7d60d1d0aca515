# run-edge.sh <program> [arguments]: runs a server for a test process and never lets it outlive that.
# stdin is a pipe that only the test process holds: its end kills the server. The first line of stdout is the server's process id.
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
echo "$server"
{ cat <&3; kill -KILL "$server"; } >/dev/null 2>&1 &
guard=$!
wait "$server"
code=$?
kill "$guard" 2>/dev/null
exit "$code"
