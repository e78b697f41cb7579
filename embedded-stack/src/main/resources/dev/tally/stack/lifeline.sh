# Runs a server that must not outlive the process at the other end of this script's standard input.
#
# usage: sh lifeline.sh LOCK LOG GRACE COMMAND [ARGUMENT…]
#
# Prints the server's process id, and ends with the server's exit status. Standard input closes when its writer closes
# it or dies. The script then sends TERM to the server, and KILL after GRACE tenths of a second. The file LOCK stays
# locked until the server has ended, even if this script is killed: the server inherits the lock.

lock=$1
log=$2
grace=$3
shift 3

exec 3<&0 </dev/null 4>>"$lock"
flock -n 4 || exit 1
"$@" >>"$log" 2>&1 3<&- &
server=$!
echo "$server"

(
  exec 4>&-
  while read -r _; do :; done <&3
  # With this trap, a TERM ends this loop between two sleeps, so that no sleep process is left behind.
  trap exit TERM
  kill -CONT "$server" 2>/dev/null
  kill -TERM "$server" 2>/dev/null
  while kill -0 "$server" 2>/dev/null; do
    [ "$grace" -gt 0 ] || kill -KILL "$server" 2>/dev/null
    grace=$((grace - 1))
    sleep 0.1
  done
) >/dev/null 2>&1 &
watcher=$!

exec 3<&-
wait "$server"
status=$?
kill "$watcher" 2>/dev/null
wait "$watcher"
exit "$status"
