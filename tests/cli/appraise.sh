#!/bin/bash
# An appraisal as the efficacy office makes it and a unit contests it; its bundle, recomputed by two programs
# that share no code, and every kind of falsification found by both.
huiyin=${HUIYIN:-build/huiyin}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
number=0 status=0
city=$dir/city round=conduct-2026-09 file=$dir/bundle.json

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
at() { run "$huiyin" "$@" --data "$city"; }

# spoil NAME JAVASCRIPT: a copy of the bundle B with something changed; both programs must refuse it.
spoil() {
	node -e "const fs = require('fs'); const b = JSON.parse(fs.readFileSync('$file')); $2; fs.writeFileSync('$dir/spoilt.json', JSON.stringify(b))"
	run "$huiyin" verify-result "$dir/spoilt.json"
	ok "$1: found" says 6 'huiyin: '
	run node tools/verify-result.mjs "$dir/spoilt.json"
	ok "$1: found by the second program too" says 1 'verify-result: '
}

echo 1..61
run "$huiyin" demo --data "$city" --matters 9000 --quiet
ok 'a city with some history' says 0 ''
at round open --scheme conduct --from 2026-09-02
ok 'a month begins on the 1st' says 3 'does not begin on that day'
at round open --scheme conduct --from 2026-09-01
ok 'a round is opened' says 0 "$round: open"
at round open --scheme conduct --from 2026-09-01
ok 'once' says 4 'is there already'
units=$("$huiyin" unit list --data "$city" --json | node -p "JSON.parse(require('fs').readFileSync(0)).units.filter((u) => u.kind === 'organ').map((u) => u.code).join(' ')")
n=0
for unit in $units; do
	n=$((n + 1))
	"$huiyin" round mark --data "$city" --quiet --unit "$unit" --of inspection --value "$((60 + n * 7 % 40)).25" --evidence '九月检查记录' "$round" >/dev/null || break
done
rc=$n said=$units
ok 'units are marked' test "$n" -gt 20
first=${units%% *}
at round mark --unit "$first" --of inspectoin --value 80 --evidence x "$round"
ok 'a line misspelt gets the near one' says 3 "did you mean \"inspection\"?"
at round mark --unit "$first" --of in_time --value 80 --evidence x "$round"
ok 'what is measured is not marked' says 3 'nobody marks it'
at round mark --unit "$first" --of notified --times 1 --evidence '通报〔2026〕3号' "$round"
ok 'an occurrence is entered' says 0 "$round"
at round show "$round"
ok 'until it is frozen there is a preview' says 0 preview
at bundle "$round" "$file"
ok 'and no bundle' says 4 'not frozen yet'
at round warn "$first"
ok 'a unit is warned of what it stands to lose' says 0 '已丢分'
at round warn nobody
ok 'a unit that is not there is not' says 4 'no unit nobody'
at round freeze "$round"
ok 'it is frozen' says 0 'version 1'
at round warn "$first"
ok 'once frozen there is no warning' says 0 'no open round'
for of in $units; do
	case=$("$huiyin" explain "$round" "$of" --data "$city" --json | node -p "JSON.parse(require('fs').readFileSync(0)).indicators.flatMap((i) => i.cases)[0]?.code ?? ''")
	[[ $case ]] && break
done
at explain "$round" "$of" --case "$case"
ok 'and what would have been without one case' says 0 '如果不计这一件'
at explain "$round" "$of" --case TS-2026-999999
ok 'a case of another unit is none' says 4 'no case'
at explain "$round" "$first"
ok 'a score explains itself' says 0 '按时答复'
at explain "$round" "$first" --pdf "$dir/unit.pdf"
ok 'on paper' says 0 unit.pdf
at explain "$round" "$first" --xlsx "$dir/unit.xlsx" --pdf "$dir/unit.pdf"
ok 'in one form at a time' says 3 'choose one'
at round show "$round" --csv
ok 'the table is CSV too' says 0 '末位概率'
at round circular "$round" --out "$dir/circular.pdf"
ok 'before the notice there is no circular' says 4 'not on public notice'
at round freeze "$round"
ok 'a correction without a reason is refused' says 3 'say why'
at round publish "$round"
ok 'it is shown' says 0 notice
at round circular "$round" --out "$dir/circular.pdf"
ok 'now there is one' says 0 circular.pdf
at round object --unit "$first" --of in_time --reason '系统故障' "$round"
ok 'a unit objects' says 0 notice
at round decide --objection 1 --reason '查无故障记录' "$round"
ok 'and gets a decision' says 0 notice
at round finish "$round"
ok 'before the last day it is not final' says 4 'time to object'
at fsck
ok 'all of it can be rebuilt from events' says 0 'all equal'

at bundle "$round" "$file"
ok 'the bundle is written' says 0 'check them with'
run "$huiyin" verify-result "$file" --key "$city/log.vkey"
ok 'recomputed: the same' says 0 'the same to the byte'
run node tools/verify-result.mjs "$file" "$city/log.vkey"
ok 'recomputed by the second program: the same' says 0 'the same to the byte'
titles=$("$huiyin" report supervision --data "$city" --open received --from 2026-09-01 --to 2026-09-30 --json |
	node -p "[...new Set(JSON.parse(require('fs').readFileSync(0)).matters.map((m) => m.title))].join('\n')" |
	grep -vxFf <("$huiyin" item export --data "$city" --csv --quiet | tr , '\n')) # an item's name is public
said=$(grep -oFf <(printf '%s\n' "$titles") "$file" | head -n 3) rc=$(wc -l <<<"$titles")
ok 'of what the cases are about nothing is in it' test -z "$said" -a "$rc" -gt 20
names=$("$huiyin" account list --data "$city" --json 2>/dev/null | node -p "(JSON.parse(require('fs').readFileSync(0)).accounts ?? []).map((a) => a.name).join('\n')")
said=$([[ $names ]] && grep -oFf <(printf '%s\n' "$names") "$file" | head -n 3)
ok 'nor any name of a person' test -z "$said"
spoil 'another place' "b.result = b.result.replace('\"place\":1,', '\"place\":2,')"
spoil 'another mark' "b.inputs = b.inputs.replace(/\"inspection\":{\"d\":1,\"n\":\\d+/, '\"inspection\":{\"d\":1,\"n\":1000000')"
spoil 'a case left out' 'b.cases.pop()'
spoil 'a late case in time' "b.cases[0][2] = (BigInt('0x' + b.cases[0][2]) ^ 16n).toString(16)"
spoil 'another weight' 'b.scheme.indicators[0].weight = 6000; b.scheme.indicators[7] && (b.scheme.indicators[7].weight = 500)'
spoil 'another version' 'b.version = 2'
spoil 'an event with another outcome' "const e = b.events.find((x) => /\"subject\":\"matter/.test(x[1])); e[1] = e[1].replace(/\"at\":(\\d+)/, (m, t) => '\"at\":' + (Number(t) + 60000))"
spoil 'an event left out' "b.events.splice(b.events.findIndex((x) => /\"subject\":\"matter/.test(x[1])), 1)"
spoil 'an event twice' 'b.events.splice(1, 0, b.events[1])'
spoil 'another scheme in the text' "const f = b.institution[0].packs.flatMap((p) => p.files).find((x) => /^scheme: conduct/m.test(x.text)); f.text = f.text.replace('most: 105', 'most: 110')"
spoil 'another day of the calendar' "const f = b.institution[0].packs.flatMap((p) => p.files).find((x) => /^notice: 2026/m.test(x.text)); f.text = f.text.replace('work: false', 'work: true')"
spoil 'another notice' "const f = b.institution[0].packs.flatMap((p) => p.files).find((x) => /^notice: 2026/m.test(x.text)); b.institution[0].notices.push({ path: 'again.yaml', text: f.text.replace('work: false', 'work: true') })"
spoil 'another log' "b.checkpoint = b.checkpoint.replace(/\\n— (\\S+) (.)/, (m, n, c) => '\\n— ' + n + ' ' + (c === 'A' ? 'B' : 'A'))"
run "$huiyin" verify-result "$city/log.vkey"
ok 'what is no bundle is told' says 3 'not JSON'
sed 's/^\(.\)/x\1/' "$city/log.vkey" >"$dir/other.vkey"
run "$huiyin" verify-result "$file" --key "$dir/other.vkey"
ok 'a key from elsewhere must be the same' says 6 'another log'
exit $status
