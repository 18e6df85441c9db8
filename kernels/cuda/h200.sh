#!/usr/bin/env bash
# Usage: kernels/cuda/h200.sh CAUCUS TESTS OUT [SECONDS [PLAN]]
# Checks the kernels on a GPU and measures them, on a machine with neither Go nor a network, and writes OUT/report.json: date,
# card, driver, and of every command its result, time and output. CAUCUS is the program that build.sh makes, TESTS what go test
# -c -tags cuda makes of package cuda, either of them packed by gzip or not; the checkout is needed for the tests' data.
#
# All of it ends within SECONDS, 540 by default: what comes last in the PLAN, a file like the one below, may be left out. Failures
# are part of the report, and make the script fail in the end.
set -euo pipefail

((3 <= $# && $# <= 5)) || {
	echo 'usage: h200.sh CAUCUS TESTS OUT [SECONDS [PLAN]]' >&2
	exit 2
}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$3"
out=$(cd "$3" && pwd)
end=$((SECONDS + ${4:-540}))

# What a line does:
#   test RUN [SKIP]              tests by name
#   sanitize TOOL RUN            the same under a tool of compute-sanitizer, if that is here
#   bench MODEL BATCHES CONTEXT  a row for each batch, all within one process
#   baseline BATCHES CONTEXT     transformers' generate, if torch and transformers are there
# Context 2304 is the mean of decoding from 256 to 4352 tokens.
cat >"$scratch/plan" <<'PLAN'
test TheEmbeddedModel|Families|Near
test Conformance
test . TheEmbeddedModel|Families|Near|Conformance
bench random:m1-3b 256,512,64,128,1 4096
bench random:llama-3b 256,512,64,128,1 4096
bench random:m1-3b 512,256,64,128,1 2304
bench random:llama-3b 512,256,64,128,1 2304
sanitize memcheck StepsOfABucket|FewLaunches
sanitize racecheck StepsOfABucket
bench random:m1-3b 512,256,128,64,32,16,8,1 256
bench random:llama-3b 512,256,128,64,32,16,8,1 256
bench random:m1-3b 512,256,128,64 8192
bench random:llama-3b 128,64 8192
bench random:m1-3b 8,16,32 2304
bench random:llama-3b 8,16,32 2304
bench random:m1-3b 8,16,32 4096
bench random:llama-3b 8,16,32 4096
bench random:m1-3b 8,16,32 8192
bench random:llama-3b 8,16,32 8192
baseline 1,64 256
PLAN
[[ -z ${5:-} ]] || cp "$5" "$scratch/plan"

# program is a carried file, unpacked, as an absolute path.
program() {
	case $1 in
	*.gz) gunzip -c "$1" >"$scratch/$2" ;;
	*) cp "$1" "$scratch/$2" ;;
	esac
	chmod +x "$scratch/$2"
	printf '%s' "$scratch/$2"
}
caucus=$(program "$1" caucus)
tests=$(program "$2" cuda.test)
cd "$(dirname "${BASH_SOURCE[0]}")" # where the tests find their data

# text is its input as a JSON string.
text() {
	LC_ALL=C sed -e 's/\\/\\\\/g; s/"/\\"/g; s/\t/\\t/g; s/[\x01-\x1f]//g; s/$/\\n/' | tr -d '\n' | sed -e 's/\\n$//; s/^/"/; s/$/"/' | grep . || printf '""'
}

# step runs a command for at most so many seconds, and enters it into the report. A bench has JSON as its output.
step() {
	local most=$1 began=$SECONDS code=0 result left=$((end - SECONDS)) report=null
	shift
	: >"$scratch/stdout" >"$scratch/stderr"
	if ((left < 5)); then
		result='left out: no time'
	elif ! command -v "$1" >/dev/null; then
		result="left out: no $1"
	else
		timeout -k 5 "$((left < most ? left : most))" "$@" >"$scratch/stdout" 2>"$scratch/stderr" || code=$?
		case $code in
		0) if grep -q 'no tests to run' "$scratch/stderr"; then result='failed: no tests to run'; else result=passed; fi ;;
		124 | 137) result='out of time' ;;
		*) result="failed with code $code" ;;
		esac
	fi
	if [[ $1 == "$caucus" || $1 == ./baseline.py ]] && [[ $code == 0 && -s $scratch/stdout ]]; then
		report=$(cat "$scratch/stdout")
		: >"$scratch/stdout"
	fi
	[[ $result == passed || $result == left* ]] || failed=1
	printf '%4d s: %s: %s\n' "$SECONDS" "${*//"$scratch"\//}" "$result" >&2
	printf '%s\n    {"command": %s, "result": "%s", "seconds": %d, "output": %s, "report": %s}' "$comma" \
		"$(text <<<"${*//"$scratch"\//}")" "$result" $((SECONDS - began)) "$(cat "$scratch/stdout" "$scratch/stderr" | tail -n 30 | text)" "$report" \
		>>"$scratch/steps"
	comma=,
	write_report
}
failed=0 comma=

card=$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader -i 0 2>/dev/null || echo 'no nvidia-smi')

# write_report writes what there is so far, lest it be lost.
write_report() {
	{
		printf '{\n  "date": "%s",\n  "card": %s,\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(text <<<"$card")"
		printf '  "program": %s,\n  "seconds": %d,\n  "steps": [' "$("$caucus" version | text)" "$SECONDS"
		cat "$scratch/steps"
		printf '\n  ]\n}\n'
	} >"$scratch/report"
	mv "$scratch/report" "$out/report.json"
}

# bench measures decode steps in bf16, with what each kernel takes of them.
bench() {
	step 150 "$caucus" bench --device cuda:0 --model "$1" --weights bf16 --inputs bf16 --kv bf16 --batch "$2" --context "$3" --seconds 0.3 \
		--profile --json
}

do_line() {
	local kind=$1
	shift
	case $kind in
	test) step 180 "$tests" -test.run "$1" -test.skip "SeededFaults|PTXIs${2:+|$2}" ;; # those need Go's compiler or the sources
	sanitize) step 90 compute-sanitizer --tool "$1" --error-exitcode 9 "$tests" -test.run "$2" ;;
	bench) bench "$@" ;;
	baseline) step 240 ./baseline.py "$2" "$1" ;;
	*) echo "h200.sh: a plan has no lines such as $kind $*" >&2 && exit 2 ;;
	esac
}

# Tests pass where there is no GPU, too: they are skipped.
"$caucus" bench --device cuda:0 --batch 1 --context 1 --seconds 0.01 >/dev/null || {
	echo 'h200.sh: no GPU that the program can use' >&2
	exit 1
}
while read -r -u 3 -a line; do do_line "${line[@]}"; done 3<"$scratch/plan"
exit "$failed"
