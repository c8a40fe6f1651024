#!/usr/bin/env bash
# build.sh pages    Builds the pages into target/classes if their sources have changed. Part of every build of the program.
# build.sh checks   Checks formatting (Prettier), runs ESLint and the unit tests (Vitest). Part of "./mvnw verify".
# Without Node.js the program is built without pages and nothing is checked; under CI (CI=true) that is an error.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
task=$1
out=target/classes/dev/kiroku/ui
configuration=(build index.html package.json package-lock.json vite.config.ts tsconfig.json)

say() { printf 'ui: %s\n' "$*"; }

# Ends the task without an error, except under CI. The program works without its pages.
give_up() {
  say "$1"
  [ "${CI:-}" != true ] || exit 1
  if [ "$task" = pages ]; then
    say "building without the web UI: the server works, and / shows a plain page"
    mkdir -p "$out"
  else
    say "the sources of the web UI are not checked"
  fi
  exit 0
}

# Whether none of the files $2… has changed since the task that wrote $1 began.
up_to_date() {
  local stamp=$1
  shift
  [ -f "$stamp" ] && [ -z "$(find "$@" -newer "$stamp" -print -quit)" ]
}

install_libraries() {
  command -v node >/dev/null && command -v npm >/dev/null \
    || give_up "Node.js is not installed; install Node.js 20 or newer (https://nodejs.org)"
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] \
    || give_up "Node.js $(node -p process.versions.node) is too old; install Node.js 20 or newer (https://nodejs.org)"
  if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    say "installing the libraries (npm ci)"
    npm ci --no-progress --loglevel=error || give_up "npm ci failed"
    touch node_modules/.package-lock.json
  fi
}

case $task in
  pages)
    stamp=target/.built
    inputs=(src "${configuration[@]}")
    done_already() { [ -f "$out/index.html" ] && up_to_date "$stamp" "${inputs[@]}"; }
    run() { say "checking types and bundling" && npm run --silent build; }
    ;;
  checks)
    stamp=target/.checked
    inputs=(src test eslint.config.js .prettierrc.json .prettierignore "${configuration[@]}")
    done_already() { up_to_date "$stamp" "${inputs[@]}"; }
    run() { say "checking format, lint rules and unit tests" && npm run --silent check; }
    ;;
  *)
    say "unknown task $task; use pages or checks"
    exit 2
    ;;
esac

if done_already; then
  say "$task: up to date"
  exit 0
fi
install_libraries
mkdir -p target
touch "target/.began-$task"
run
mv "target/.began-$task" "$stamp"
say "$task: done"
