#!/bin/bash
# A city on the command line: dates explained, matters moved, the record proved, and what was done to it
# behind its back found out.
huiyin=${HUIYIN:-build/huiyin}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
number=0 status=0
city=$dir/city

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

echo 1..29
run "$huiyin" calendar due --from 2026-09-30T10:00+08:00 --limit 5wd --explain
ok 'five working days over the National Day' says 0 '2026-10-13T23:59:59.999+08:00'
ok 'the make-up Saturday is named' says 0 '2026-10-10  周六     3  计入  调休上班  国庆节'
ok 'and the notice behind a day off' says 0 'gov.cn'
run "$huiyin" calendar due --from 2026-12-31 --limit 1wd
ok 'a year without its notice is provisional, never short' says 0 '2027-01-04T23:59:59.999+08:00  provisional'
run "$huiyin" calendar due --from 2026-04-10 --rule LIC_DECIDE --pause 2026-04-20/2026-04-27 --json
ok 'a rule and a pause, as JSON' says 0 '"due_day":"2026-05-19"'
run "$huiyin" calendar due --from 2026-04-10 --rule LIC_DECID
ok 'a rule misspelt gets the near one' says 3 'did you mean "LIC_DECIDE"'
run "$huiyin" calendar show 2026
ok 'a year has its working days' says 0 '2026: 248 working days'

run "$huiyin" init --data "$city" --name 试验市
ok 'a city is founded' says 0 'public key of its log'
run "$huiyin" init --data "$city"
ok 'not twice' says 4 'holds a city already'
"$huiyin" checkpoint --data "$city" >"$dir/first.checkpoint"
run "$huiyin" matter file complaint --data "$city" title=路灯不亮 body=三天了
ok 'a matter is filed' says 0 'TS-'
code=$(head -n 1 <<<"$said")
run "$huiyin" matter move "$code" reply text=换了新灯泡 --data "$city"
ok 'and answered' says 0 "$code is replied"
run "$huiyin" matter move "$code" close ground=solvd --role desk --data "$city"
ok 'a ground misspelt gets the near one' says 3 'did you mean "solved"'
run "$huiyin" matter move "$code" accept --role desk --data "$city"
ok 'what the state does not allow is refused with what it does' says 4 'possible:'
run "$huiyin" matter show "$code" --clock --data "$city"
ok 'why this date' says 0 '到期日'
run "$huiyin" fsck --data "$city"
ok 'everything stored is what the events make' says 0 'all equal'
run "$huiyin" verify --data "$city" --checkpoint "$dir/first.checkpoint"
ok 'the record extends the checkpoint that was kept' says 0 'untouched'

"$huiyin" receipt "$code" --data "$city" >"$dir/receipt.tlog-proof"
cp "$city/log.vkey" "$dir/log.vkey"
run "$huiyin" verify --receipt "$dir/receipt.tlog-proof" --key "$dir/log.vkey"
ok 'a receipt proves the filing offline' says 0 "genuine: matter/$code"
sed -E 's/^index [0-9]+$/index 1/' "$dir/receipt.tlog-proof" >"$dir/forged.tlog-proof"
run "$huiyin" verify --receipt "$dir/forged.tlog-proof" --key "$dir/log.vkey"
ok 'a receipt for another place does not verify' says 6 ''
"$huiyin" init --data "$dir/other" --name 他市 >/dev/null
run "$huiyin" verify --receipt "$dir/receipt.tlog-proof" --key "$dir/other/log.vkey"
ok 'nor one of another log' says 6 ''

# behind its back; each on a copy
copy() { rm -rf "$dir/copy" && cp -r "$city" "$dir/copy"; }
swap() { LC_ALL=C sed -i "$1" "$dir/copy/huiyin.db"; } # of equal length
copy && swap 's/"move":"reply"/"move":"close"/g'
run "$huiyin" verify --data "$dir/copy"
ok 'a changed byte in an event is found' says 6 'was changed'
copy && swap 's/换了新灯泡/拆了旧灯泡/g'
run "$huiyin" verify --data "$dir/copy"
ok 'a changed answer is found, though the log does not hold it' says 6 'private'
cp "$city/huiyin.db" "$dir/older.db"
"$huiyin" matter file complaint --data "$city" title=后来的 >/dev/null
copy && cp "$dir/older.db" "$dir/copy/huiyin.db"
run "$huiyin" verify --data "$dir/copy"
ok 'an older copy of the database beside a newer checkpoint is found' says 6 'older copy'
run "$huiyin" matter list --data "$dir/copy"
ok 'and reading still works' says 0 "$code"
run "$huiyin" matter file complaint --data "$dir/copy" title=还想写
ok 'but nothing is written to it' says 6 'older copy'

run "$huiyin" matter erase "$code" --data "$city" --basis '个人信息保护法 第四十七条'
ok 'what identifies people is erased' says 0 'erased'
run "$huiyin" verify --data "$city"
ok 'and the log still verifies' says 0 '2 erased'
run "$huiyin" fsck --data "$city" --json
ok 'and everything is what the events make' says 0 '"wrong":0'
run "$huiyin" pack test packs/base
ok 'the national pack passes its tests' says 0 ', 0 failed'
run "$huiyin" pack check packs
ok 'a folder that is no pack is refused' says 3 ''
exit $status
