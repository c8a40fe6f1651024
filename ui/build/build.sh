#!/usr/bin/env bash
# Builds the pages into target/classes when their sources changed. Without Node the program is built without them, and says so; under CI
# (CI=true) that is an error.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out=target/classes/dev/kiroku/ui
built=target/.built

say() { printf 'ui: %s\n' "$*"; }
without() {
  [ "${CI:-}" != true ] || { say "$1"; exit 1; }
  say "$1"
  say "building without the web UI: the server works, and / shows a plain page"
  mkdir -p "$out"
  exit 0
}

if [ -f "$built" ] && [ -f "$out/index.html" ] \
    && [ -z "$(find src build index.html package.json package-lock.json vite.config.ts tsconfig.json -newer "$built" -print -quit)" ]; then
  say "the pages are up to date"
  exit 0
fi

command -v node >/dev/null && command -v npm >/dev/null || without "no Node.js found; install Node 20 or newer (https://nodejs.org)"
version=$(node -p 'process.versions.node.split(".")[0]')
[ "$version" -ge 20 ] || without "Node.js is version $version, and 20 or newer is needed (https://nodejs.org)"

mkdir -p target
touch target/.began
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  say "fetching libraries (npm ci)"
  npm ci --no-progress --loglevel=error || without "npm could not fetch the libraries"
  touch node_modules/.package-lock.json
fi
say "checking types and bundling"
npm run --silent build
mv target/.began "$built"
say "built"
