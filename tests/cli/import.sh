#!/bin/bash
# huiyin import as a user calls it: the summary, refused rows, exit codes, pipes, the city of Boston.
huiyin=${HUIYIN:-build/huiyin}
data=${HY_SHARED_DATA:-../shared/data}/boston311/311_service_requests_2011.zip
pack=tests/packs/boston-311 map=examples/boston311.map.yaml
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
number=0 status=0

ok() { # ok NAME TEST...: with $said and $rc at hand
	local name=$1
	shift
	number=$((number + 1))
	if "$@"; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		printf '%s\n' "exit $rc; it said:" "$said" | cut -c 1-2000 | sed 's/^/# /'
		status=1
	fi
}
says() { [[ $rc == "$1" && $said == *"$2"* ]]; }
run() { said=$("$@" 2>&1) rc=$?; }
rows() { # the columns that the map names
	echo 'case_enquiry_id,open_dt,target_dt,closed_dt,ontime,closure_reason,case_title,type,department,location,source'
	cat
}

echo 1..14
run "$huiyin" pack test "$pack"
ok 'the test pack passes its tests' says 0 '8 passed, 0 failed'
run "$huiyin" init --data "$dir/city" --name Boston --pack "$pack"
ok 'a city with it' says 0 'Boston'

rows >"$dir/one.csv" <<'END'
1,2011-07-01 09:00:00,2011-07-06 09:00:00,2011-07-05 09:00:00,ONTIME,done,Pothole,Request for Pothole Repair,PWDx,1 Main St,Self Service
2,2011-07-01 10:00:00,2011-07-06 10:00:00,2011-07-01 09:00:00,ONTIME,done,Closed first,Request for Pothole Repair,PWDx,,Self Service
3,2011-07-01 11:00:00,,,,,By pigeon,Other,PWDx,,Pigeon
END
run "$huiyin" import --data "$dir/city" --map "$map" --refused "$dir/refused.csv" --quiet "$dir/one.csv"
ok 'refused rows are named with line, column and reason' says 3 'one.csv:4: boston311:3: source: "Pigeon" is not in the map'
ok 'the summary counts them' says 3 '3 rows: 1 imported, 0 already here, 0 completed with what was missing, 2 refused'
ok 'the check compares deadlines' says 3 'Request for Pothole Repair'
ok 'and all are in the CSV of refused rows' test "$(wc -l <"$dir/refused.csv")" == 3
run "$huiyin" import --data "$dir/city" --map "$map" --json --quiet - <"$dir/one.csv"
ok 'again, from standard input, as JSON' says 3 '"here":1,"imported":0'
run "$huiyin" import --data "$dir/city" --map "$map" --quiet <(echo 'case_enquiry_id,open_td') </dev/null
ok 'a header without the mapped columns' says 3 '"open_dt" (line 24 of the map); did you mean "open_td"?'
run "$huiyin" import --data "$dir/city" --map "$dir/none.yaml" "$dir/one.csv"
ok 'a map that is not there' says 4 'none.yaml'
run "$huiyin" import --data "$dir/city" --map "$map" "$dir/none.csv"
ok 'a file that is not there' says 4 'none.csv could not be opened'

if ! [[ -r $data ]] || ! command -v unzip >/dev/null; then
	for name in imported verdicts deadlines fsck; do
		number=$((number + 1))
		echo "ok $number - Boston: $name # SKIP no boston311 in HY_SHARED_DATA or ../shared/data"
	done
	exit $status
fi
"$huiyin" init --data "$dir/boston" --name Boston --pack "$pack" >/dev/null
said=$(unzip -p "$data" | "$huiyin" import --data "$dir/boston" --map "$map" --json --quiet - 2>&1)
rc=$?
ok 'Boston: all 58,251 requests are imported' says 0 '"imported":58251'
ok 'Boston: 43,664 verdicts, and the engine says the same' says 0 '"verdict":{"agree":43664,"compared":43664}'
ok 'Boston: 18,860 of 18,965 deadlines of nine types within two minutes' says 0 '"due":{"agree":18860,"compared":18965}'
run "$huiyin" fsck --data "$dir/boston" --quiet
ok 'Boston: what is stored is what the events say' says 0 '58251 matters rebuilt'
exit $status
