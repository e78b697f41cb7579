# Runs a server that must not outlive the process at the other end of this script's standard input.
#
# usage: sh lifeline.sh LOCK LOG GRACE COMMAND [ARGUMENT…]
#
# Prints the server's process id, and ends with the server's exit status. When standard input closes, because its
# writer has closed it or died in whatever way, the server is told to end (TERM), and after GRACE tenths of a second
# made to (KILL). The file LOCK is locked until the server is gone: the server inherits it, so that this holds even if
# somebody kills this script.

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
  # from here on it ends between two sleeps, none of which is left behind
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
