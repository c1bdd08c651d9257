# Part of .ci/container: the programs, and every way to start them.

universal() {
  local bytes count target what; bytes=$(stat -c %s dist/quipu)
  verdict "the container without weights has $bytes bytes, at most $((45 * 1024 * 1024)) (45 MiB)" [ "$bytes" -le $((45 * 1024 * 1024)) ]
  check "--version" "$(sh dist/quipu --version | cut -d' ' -f1)" quipu
  verified dist/quipu
  instructions() { # TARGET WHAT PATTERN
    count=$(objdump -d "$programs/quipu-$1" | grep -cE "$3")
    verdict "$2 in the program $1: $count" [ "$count" -gt 0 ]
  }
  instructions linux-x64-avx 'vpmaddubsw on ymm' 'vpmaddubsw.*ymm'
  instructions linux-x64-v4 'vpmaddubsw on zmm' 'vpmaddubsw.*zmm'
  instructions linux-x64-v4 'instructions on zmm' 'zmm'
  if grep -rqE 'AvxVnni' src/Quipu.Cpu; then
    instructions linux-x64-v4 vpdpbusd vpdpbusd
  else
    skip "vpdpbusd: Quipu.Cpu has no VNNI kernels"
  fi
}

shells() {
  local shell i chat run=("$smol")
  chat=$(talk "$plain" -m $model)
  grep -q 'France' <<<"$chat" || { bad "the plain program chats"; echo "$chat"; }
  for shell in bash dash 'busybox sh' zsh; do
    check "--version under $shell" "$($shell "$smol" --version)" "$("$plain" --version)"
    check "--cli under $shell" "$($shell "$smol" "${ask[@]}")" "$answer"
    check "a chat under $shell" "$(talk $shell "$smol")" "$chat"
  done
  check "--version under fish" "$(fish -c "$smol --version")" "$("$plain" --version)"
  check "--cli under fish" "$(fish -c "$smol --cli -p 'Name the capital of France.' -n 16 --temp 0 --log-disable")" "$answer"
  check "a chat under fish" "$(talk fish -c "$smol \$argv" --)" "$chat"
  chmod 555 "$smol"
  mkdir "$work/a 'b' \"c\" \$d" && ln -s "$smol" "$work/a 'b' \"c\" \$d/link"
  check "by a link in a folder with spaces, quotes and a dollar sign" "$(bash -c '"$0/link" --cli -p "Name the capital of France." -n 16 --temp 0 --log-disable' "$work/a 'b' \"c\" \$d")" "$answer"
  check "a file that may only be read and run" "$(dash "$smol" "${ask[@]}")" "$answer"
  ln "$smol" "$work/onpath"; check "from PATH" "$(PATH="$work:$PATH" dash -c 'onpath "$@"' x "${ask[@]}")" "$answer"
  rm -rf "$XDG_CACHE_HOME"
  for i in $(seq 24); do (sh "$smol" --version >"$work/start$i" 2>&1; echo $? >>"$work/start$i") & done; wait
  check "24 first starts at once end with 0" "$(tail -qn 1 "$work"/start* | sort | uniq -c | tr -s ' ')" " 24 0"
  check "and leave one program in the cache" "$(cached | wc -l)" 1
  rm -f "$work"/start*
  chat_in_terminal
  server_answers
}

# A chat over a pipe: what it prints, without the lines that name its files.
talk() { printf 'Name the capital of France.\n/exit\n' | "$@" --chat -n 16 --temp 0 2>&1 | grep -v "$work"; }

chat_in_terminal() {
  command -v tmux >/dev/null || { skip "a chat in a terminal: no tmux"; return; }
  local socket=quipu-ci-$$ screen=
  tmux -L $socket -f /dev/null new-session -d -x 100 -y 30 "$smol --chat --temp 0"
  for _ in $(seq 100); do screen=$(tmux -L $socket capture-pane -p); [[ $screen == *'>>>'* ]] && break; sleep 0.1; done
  tmux -L $socket send-keys 'Name the capital of France.' Enter
  for _ in $(seq 300); do screen=$(tmux -L $socket capture-pane -p); [[ $screen == *France.*$'\n'*$'\n>>>'* ]] && break; sleep 0.1; done
  tmux -L $socket send-keys C-c C-d
  sleep 1; tmux -L $socket kill-server 2>/dev/null
  [[ $screen == *France.*$'\n'[A-Za-z]*$'\n>>>'* ]] && ok "a chat in a terminal" || { bad "a chat in a terminal"; echo "$screen"; }
}

server_answers() {
  local url= answer server
  "$smol" --server --port 0 --nobrowser 2>"$work/log" & server=$!
  for _ in $(seq 100); do url=$(sed -nE 's/^server: +listening at //p' "$work/log"); [ -n "$url" ] && break; sleep 0.1; done
  check "the page of its server" "$(curl -s "$url" | head -c 15)" '<!doctype html>'
  answer=$(curl -s "${url}v1/chat/completions" -H 'Content-Type: application/json' -d '{"messages":[{"role":"user","content":"Hi"}],"max_tokens":4}')
  grep -q '"completion_tokens":4' <<<"$answer" && ok "its server answers" || bad "its server answers: $answer"
  kill -TERM $server; wait $server; check "its server ends with 0" "$?" 0
}

# The launcher where it may not write, may not run, or where somebody was before it. With namespaces, as no user may mount.
surroundings() {
  local tmp=$work/tmp; mkdir -p "$tmp" "$work/empty"
  elsewhere() { # SCRIPT: --version of the container afterwards, within another view of the file system
    env -u XDG_CACHE_HOME TMPDIR="$tmp" unshare -rm sh -c "$1; sh $smol --version" 2>&1
  }
  if unshare -rm true 2>/dev/null; then
    rm -rf "$tmp"/.quipu-*
    check "a home that is read-only" "$(elsewhere "mount -t tmpfs -o ro none $HOME")" "$("$plain" --version)"
    check "its program is in a private folder below TMPDIR" "$(stat -c %a "$tmp"/.quipu-*)" 700
    rm -rf "$tmp"/.quipu-*
    check "a home without programs (noexec)" "$(elsewhere "mount -t tmpfs -o noexec none $HOME")" "$("$plain" --version)"
    rm -rf "$tmp"/.quipu-*
    refused "a home and a TMPDIR without programs" "does not allow programs" "$(elsewhere "mount -t tmpfs -o noexec none $HOME; mount -t tmpfs -o noexec none $tmp")" $?
    refused "no room in home or TMPDIR" "has no room" "$(elsewhere "mount -t tmpfs -o size=64k none $HOME; mount -t tmpfs -o size=64k none $tmp")" $?
  else
    skip "read-only homes, noexec and full disks: no mount namespaces here; tests/Quipu.Packaging.Tests try some of it"
  fi
  ln -s "$work/empty" "$tmp/.quipu-$(id -u)"
  refused "a link that somebody planted in TMPDIR" "belongs to somebody else" "$(env -u HOME -u XDG_CACHE_HOME TMPDIR="$tmp" sh "$smol" --version 2>&1)" $?
  check "and nothing is written where it points to" "$(ls -A "$work/empty")" ""
  rm -rf "$tmp" "$work/empty"
}

refused() { # WHAT MESSAGE OUTPUT CODE
  if [ "$4" = 126 ] && [[ $3 == *"$2"*"Set XDG_CACHE_HOME"* ]]; then ok "$1: '$2', code $4"; else bad "$1: code $4, $3"; fi
}

# Tenths of a millisecond of the fastest of 15 runs of commands in turns, since others may use the machine at the same time.
fastest() { # NAME COMMAND...: the commands are words to be split; sets the variables
  local i k from took names=() commands=()
  while [ $# -gt 0 ]; do names+=("$1"); commands+=("$2"); printf -v "$1" 999999; shift 2; done
  for i in $(seq 15); do
    for k in "${!names[@]}"; do
      from=${EPOCHREALTIME/./}; ${commands[k]} >/dev/null 2>&1; took=$(((${EPOCHREALTIME/./} - from) / 100))
      [ "$took" -ge "${!names[k]}" ] || printf -v "${names[k]}" %s "$took"
    done
  done
}

ms() { echo "$(($1 / 10)).$(($1 % 10)) ms"; }

start() {
  local bare in_dash in_bash token packed
  fastest bare "$plain --version" in_dash "dash $smol --version" in_bash "bash $smol --version"
  verdict "the launcher takes $(ms $((in_dash - bare))) more than the plain program's $(ms "$bare") under dash: at most 25" [ $((in_dash - bare)) -le 250 ]
  verdict "the launcher takes $(ms $((in_bash - bare))) more than the plain program's $(ms "$bare") under bash: at most 25" [ $((in_bash - bare)) -le 250 ]
  fastest token "$plain -m $model --cli -p Hi -n 1 --log-disable" packed "$smol --cli -p Hi -n 1 --log-disable"
  verdict "the first token comes after $(ms "$packed"), from the plain program after $(ms "$token"): at most 60 later" [ $((packed - token)) -le 600 ]
}

memory() {
  local program key value own=0 peak=0 mapped=0 weights; weights=$(($(stat -c %s $model) / 1024))
  "$smol" "${ask[@]}" >/dev/null & program=$!
  while kill -0 $program 2>/dev/null; do
    while read -r key value _; do
      case $key in RssAnon:) [ "$value" -le "$own" ] || own=$value ;; VmHWM:) [ "$value" -le "$peak" ] || peak=$value ;; esac
    done 2>/dev/null <"/proc/$program/status"
    ! grep -qs "smollm2-135m-instruct.llamafile" "/proc/$program/maps" || mapped=1
    sleep 0.01
  done
  wait $program
  verdict "the container is mapped" [ $mapped = 1 ]
  verdict "peak of a start with an answer: $own kB of own memory beside $weights kB of mapped weights ($peak kB with what of them is read)" \
    [ "$own" -gt 0 -a "$own" -lt $((weights / 2)) ]
}
