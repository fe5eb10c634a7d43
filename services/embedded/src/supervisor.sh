# Runs one server and ends it when whoever holds our standard input is gone.
#
# usage: sh -c "$(cat supervisor.sh)" supervisor SIGNAL LOG COMMAND [ARGUMENT...]
#   SIGNAL  asks the server to end; ten seconds later it is killed
#   0       commands: each line names a signal for the server; its end means "end the server"
#   1       the lockfile of the directory: told the server's pid, then that it is ending
#   2       kept open by the server too, so that others can tell when all of it has gone
signal_to_end=$1 log=$2
shift 2

# The program that started us decides when the server ends, not whoever signals a whole group of processes.
trap '' HUP INT TERM
exec 3<&0 4>&2 </dev/null 2>>"$log"

# The lock goes with the server (5): it is free when the last of its processes is gone.
(trap - HUP INT TERM; exec "$@" 3<&- 5>&1 >&2) &
server=$!
echo "$server"

{
    while read -r signal <&3; do kill -s "$signal" "$server"; done
    echo ending
    kill -s "$signal_to_end" "$server"
    for second in 1 2 3 4 5 6 7 8 9 10; do sleep 1 >/dev/null; done
    kill -s KILL "$server"
} 4>&- &
watch=$!

exec 3<&-
wait "$server"
status=$?
kill -s KILL "$watch"
echo ended
exit "$status"
