# How the project's commands speak: one line a step with its wall time, each step's log kept, its end shown only when it fails.
#
#   begin NAME                 the command's name; logs go to build/logs/NAME-*.log
#   step WHAT COMMAND...       runs it quietly; shows progress; on failure shows why and leaves
#   attempt WHAT COMMAND...    the same, but returns the failure to the caller and shows nothing of it
#   say TEXT                   a line for the reader
#   fail TEXT [ADVICE]         what went wrong, what to do; leaves with 1
#   refuse TEXT [ADVICE]       the same of what was typed; leaves with 2
#   show_help                  the command's own first comment
#
# A caller may set STEP_ADVICE to what a reader should do when the next step fails.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
LOGS="$ROOT/build/logs"
SCRIPT="$(realpath "$0")"   # before anybody changes the folder
export STEP_ADVICE="" STEP_LOG="" ASKED_BY=""

begin() {
  COMMAND="$1"
  ASKED_BY="${TOUCHSTONE_COMMAND:-}"   # the command of ours that runs this one; empty: a person
  export TOUCHSTONE_COMMAND="$1"
  mkdir -p "$LOGS"
}

say() { printf '%s\n' "$*"; }

fail() { complain 1 "$@"; }

refuse() { complain 2 "$@"; }

complain() {
  printf '\n%s: %s\n' "$COMMAND" "$2" >&2
  [[ -z "${3:-}" ]] || printf '  What to do: %s\n' "$3" >&2
  exit "$1"
}

show_help() { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$SCRIPT"; }

step() {
  local what="$1"
  if ! attempt "$@"; then
    printf '\n%s: "%s" failed. Why, from %s:\n\n' "$COMMAND" "$what" "${STEP_LOG#"$ROOT"/}" >&2
    failure_in "$STEP_LOG" | sed -e 's|\.\./\.\./||g' -e 's/^/  | /' >&2
    [[ -z "$STEP_ADVICE" ]] || printf '\n  What to do: %s\n' "$STEP_ADVICE" >&2
    exit 1
  fi
  STEP_ADVICE=""
}

attempt() {
  local what="$1" started=$SECONDS status=0
  shift
  STEP_LOG="$LOGS/$COMMAND-$(tr -cs 'a-zA-Z0-9\n' '-' <<<"$what").log"
  show_progress "$what" "$STEP_LOG" &
  local ticker=$!
  "$@" >"$STEP_LOG" 2>&1 </dev/null || status=$?
  kill "$ticker" 2>/dev/null && wait "$ticker" 2>/dev/null || true
  local mark="✓"
  ((status == 0)) || mark="✗"
  if [[ -t 1 ]]; then printf '\r\033[K'; fi
  printf '%s %s (%d s)\n' "$mark" "$what" $((SECONDS - started))
  return "$status"
}

# On a terminal one line that changes every second; elsewhere a line every half minute, so that a log shows life and stays short.
show_progress() {
  local what="$1" log="$2" started=$SECONDS every=30 silence
  if [[ -t 1 ]]; then every=1; fi
  exec {silence}<> <(:)
  while ! read -r -t "$every" -u "$silence"; do  # waits without a process of its own that could outlive it
    if [[ -t 1 ]]; then printf '\r\033[K'; fi
    printf '… %s %s %d s' "$what" "$(position_in "$log")" $((SECONDS - started))
    if [[ ! -t 1 ]]; then printf '\n'; fi
  done
}

# Where a build or a test run stands: the last "[12/340]" of ninja or "12/340 Test" of ctest.
position_in() {
  tail -c 4000 "$1" 2>/dev/null | grep -oE '^\[[0-9]+/[0-9]+\]|^ *[0-9]+/[0-9]+ Test' | tail -n 1 | tr -d '[]' | sed 's/ Test//; s/^ *//' || true
}

# What a reader needs of a failed step's log: the first broken build edge, the tests that failed with their words, or the log's end.
failure_in() {
  local log="$1"
  if grep -q '^FAILED: ' "$log"; then
    sed -n '/^FAILED: /,$p' "$log" | grep -vE '^/usr/bin/(ccache|c\+\+)|-E env .*ccache' | head -n 60
  elif grep -qE '\*\*\*(Failed|Timeout|Exception|Not Run)' "$log"; then
    awk '/\*\*\*(Failed|Timeout|Exception|Not Run)/ { shown = 80 } /^ *Start |^ *[0-9]+\/[0-9]+ Test .* Passed/ { shown = 0 }
         shown-- > 0 { print }' "$log"
    sed -n '/tests passed,/,$p' "$log"
  else
    tail -n 40 "$log"
  fi
}
