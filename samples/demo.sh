#!/bin/sh
# The main job on the samples, against a simulated instance that is kept in a
# file: plan, apply, report, and the second plan, which has nothing to do.
set -eu

tcimport=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp -R "$here/migration" "$here/nightly" "$here/review" .
export TC_API_PATH=sim:instance.json

run() {
  echo
  echo "\$ tcimport $*"
  "$tcimport" "$@"
}

for job in migration nightly review; do
  echo "== $job"
  run validate "$job"
  run plan "$job" --out "$job-plan.json"
  run apply --plan "$job-plan.json" --yes --report "$job.csv"
  echo
  head -n 5 "$job.csv"
  run plan "$job" --detailed-exitcode
  echo
done
echo "Done: everything is there, and the second plan of each has nothing to do."
