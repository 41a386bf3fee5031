#!/bin/bash
# The program as a user calls it: help, version, man page, completion, errors, exit codes.
huiyin=${HUIYIN:-build/huiyin}
number=0 status=0

# expect NAME EXIT PART COMMAND...: it ends with EXIT and what it says holds PART.
expect() {
	local name=$1 exit=$2 part=$3 said rc
	shift 3
	number=$((number + 1))
	said=$("$@" 2>&1)
	rc=$?
	if [[ $rc == "$exit" && $said == *"$part"* ]]; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		printf '%s\n' "exit $rc, wanted $exit and \"$part\"; it said:" "$said" | head -n 20 | sed 's/^/# /'
		status=1
	fi
}
early() {
	"$huiyin" man | head -n 1
	return "${PIPESTATUS[0]}"
}

echo 1..15
expect 'help lists the commands' 0 'completion' "$huiyin" help
expect '--help does too' 0 'completion' "$huiyin" --help
expect 'nothing is not enough' 2 'say which command' "$huiyin"
expect 'help explains the exit codes' 0 'tampered' "$huiyin" help exit-codes
expect 'version' 0 'huiyin ' "$huiyin" version
expect 'version as JSON' 0 '"name":"huiyin"' "$huiyin" version --json
expect 'an unknown command is answered with the near one' 2 'did you mean "version"' "$huiyin" versoin
expect 'an unknown option too' 2 'did you mean "--json"' "$huiyin" version --jsn
expect 'with --json the error is JSON' 2 '{"code":"bad_input"' "$huiyin" version --json --wrong
expect 'a full disk is told' 5 'could not write' bash -c '"$0" version >/dev/full' "$huiyin"
expect 'a reader that leaves early gets no complaint' 0 '.TH HUIYIN' early
expect 'the locale changes nothing' 0 '回音' env LC_ALL=C "$huiyin" help
expect 'run explains itself' 0 '--build-only' ./run --help
expect 'run refuses what it does not know' 2 'there is no option --prot' ./run --prot 1
expect 'run refuses a port that is none' 2 '1 to 65535' ./run --port 65536
exit $status
