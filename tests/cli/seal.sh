#!/bin/bash
# A reporter's name, sealed: custodians with keys of their own, three people, and nothing in the folder
# from which one of them alone could read it.
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
silent() { ! grep -rqaF "$1" "$city"; }

echo 1..26
echo '甲保管人的十二字口令就在这里' >"$dir/a.pass"
echo '乙保管人的十二字口令就在这里' >"$dir/b.pass"
echo short >"$dir/short.pass"
run "$huiyin" custodian keygen --out "$dir/a.key" --passphrase-file "$dir/short.pass"
ok 'a short passphrase is refused' says 3 'at least 12'
run "$huiyin" custodian keygen --out "$dir/a.key" --passphrase-file "$dir/a.pass" --quiet
ok 'a key is made' says 0 'huiyin-custodian-1 '
a=$said
ok 'for its owner only' test "$(stat -c %a "$dir/a.key")" = 600
run "$huiyin" custodian keygen --out "$dir/a.key" --passphrase-file "$dir/a.pass"
ok 'and never overwritten' says 4 'not overwritten'
b=$("$huiyin" custodian keygen --out "$dir/b.key" --passphrase-file "$dir/b.pass" --quiet)

"$huiyin" init --data "$city" --name 试验市 >/dev/null
run "$huiyin" matter file complaint --data "$city" --protect title=索要好处 name=欧阳守密 contact=13800138000
ok 'without custodians no name is taken' says 4 'no custodians'
run "$huiyin" custodian add --data "$city" --group a --label 纪检组长 "$a"
ok 'a custodian of group a' says 0 'custodian 1'
run "$huiyin" custodian add --data "$city" --group b --label 信访处长 "$b"
ok 'a custodian of group b' says 0 'custodian 2'
run "$huiyin" custodian add --data "$city" --group b --label 又来 "$a"
ok 'nobody twice' says 4 'is that of custodian 1'
run "$huiyin" custodian list --data "$city" --json
ok 'they are listed' says 0 '"label":"信访处长"'
ok 'and are named' says 0 '"state":"named"'
run "$huiyin" custodian name --data "$city" 1
ok 'at once, by this machine' says 4 'named already'
run "$huiyin" matter file complaint --data "$city" --protect title=索要好处 name=欧阳守密 contact=13800138000
ok 'now it is' says 0 'secret'
code=${said%%$'\n'*}
ok 'the name is nowhere in the folder' silent 欧阳守密
ok 'nor the number' silent 13800138000

run "$huiyin" identity request --data "$city" "$code" --purpose '查'
ok 'a purpose must say something' says 3 'purpose'
run "$huiyin" identity request --data "$city" "$code" --purpose '核实打击报复' --json
ok 'a request' says 0 '"request":1'
run "$huiyin" identity open --data "$city" 1 --custodian 2
ok 'nobody opens alone' says 4 'first consent'
"$huiyin" identity packet --data "$city" 1 --custodian 1 >"$dir/packet"
run "$huiyin" custodian consent --key "$dir/a.key" --passphrase-file "$dir/b.pass" "$dir/packet"
ok 'a key without its passphrase is none' says 4 'passphrase'
run "$huiyin" custodian consent --key "$dir/b.key" --passphrase-file "$dir/b.pass" "$dir/packet"
ok 'another key opens no half' says 4 'not sealed to your key'
"$huiyin" custodian consent --quiet --key "$dir/a.key" --passphrase-file "$dir/a.pass" "$dir/packet" >"$dir/consent"
run "$huiyin" identity consent --data "$city" 1 --custodian 1 "$dir/consent"
ok 'the first consent' says 0 'consented'
run "$huiyin" identity open --data "$city" 1 --custodian 1
ok 'the second must be another' says 4 'other group'
run "$huiyin" identity open --data "$city" 1 --custodian 2
printf '%s' "$said" >"$dir/open"
ok 'the other group opens' says 0 '"huiyin_identity_open":1'
run "$huiyin" custodian open --key "$dir/b.key" --passphrase-file "$dir/b.pass" "$dir/open"
ok 'and reads the name' says 0 欧阳守密
run "$huiyin" identity list --data "$city" "$code"
ok 'it stands there as opened' says 0 'opened'
run "$huiyin" verify --data "$city"
ok 'the record is untouched' says 0 untouched
run "$huiyin" matter show --data "$city" "$code" --json
ok 'and tells who opened, not who filed' says 0 identity.opened
exit $status
