#!/bin/bash
# Before an institution comes into force: what packs would change in words, which dates a notice would
# move; and that importing it moves exactly those.
huiyin=${HUIYIN:-build/huiyin}
export HUIYIN_PACKS=${HUIYIN_PACKS:-$PWD/packs}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
number=0 status=0

# check NAME WANTED HAVE
check() {
	number=$((number + 1))
	if [[ $2 == "$3" ]]; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		printf '# wanted %s\n# have   %s\n' "$2" "$3"
		status=1
	fi
}
# What stands on FD 1 of "$@" on the city, and the exit code behind it.
said() { "$huiyin" "$@" --data "$dir/city" --lang en 2>"$dir/log"; }

echo 1..10
"$huiyin" init --data "$dir/city" --name 回音市 >/dev/null 2>&1
for i in 1 2 3; do "$huiyin" matter file complaint --data "$dir/city" "title=路灯 $i" >/dev/null 2>&1; done

cp -r packs/demo-city "$dir/ours"
check 'packs that are in force change nothing' 0 "$(said pack diff packs/base | grep -c ':')"
check 'a folder on top is told in words' 1 "$(said pack diff packs/base "$dir/ours" | grep -c '^new: folder “demo_city”$')"
check 'the same as JSON' true "$(said pack diff packs/base "$dir/ours" --json | grep -o '"good":[a-z]*' | cut -d: -f2)"
printf 'rules:\n  - id: X\n' >"$dir/ours/rules.yaml"
said pack diff packs/base "$dir/ours" >/dev/null
check 'what cannot come into force fails' 3 $?
check 'and nothing was changed' 1 "$(said pack diff packs/base | grep -c '^0 changes')"

# The next two weeks become days of rest.
today=$(date +%Y-%m-%d) year=$(date +%Y) days=
for ((i = 1; i <= 14; i++)); do
	day=$(date -d "$today + $i days" +%Y-%m-%d)
	days+=",{\"name\":\"x\",\"date\":\"$day\",\"isOffDay\":true}"
done
printf '{"year":%s,"papers":["https://www.gov.cn/x"],"days":[%s]}' "$year" "${days#,}" >"$dir/notice.json"
said calendar import --preview "$dir/notice.json" >"$dir/before"
check 'the notice is looked at' 0 $?
check 'all three would move, and are counted' 3 "$(sed -n 's/.*would move the dates of \([0-9]*\) open.*/\1/p' "$dir/before")"
said calendar import --preview "$dir/notice.json" >"$dir/again"
check 'looking moves nothing' "$(cat "$dir/before")" "$(cat "$dir/again")"
said calendar import "$dir/notice.json" >"$dir/after"
check 'the import moves exactly those' "$(grep -- '->' "$dir/before")" "$(grep -- '->' "$dir/after")"
"$huiyin" fsck --quiet --data "$dir/city" >>"$dir/log" 2>&1
check 'and everything is what the events make' 0 $?
((status)) && sed 's/^/# /' "$dir/log"
exit $status
