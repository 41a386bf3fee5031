#!/bin/bash
# What ./run does around the program: in a folder with a stand-in for it that notes its calls.
root=$(mktemp -d) || exit 1
trap 'rm -rf "$root"' EXIT
cp run "$root/run"
mkdir -p "$root/tools" "$root/build" "$root/elsewhere"
printf '#!/bin/sh\n' | tee "$root/tools/packages" >"$root/tools/build"
cat >"$root/build/huiyin" <<'END'
#!/bin/bash
echo "huiyin $*" >>"$CALLS"
case $1 in
demo | init)
	mkdir -p "$3" && touch "$3/half"
	[[ -e $CALLS.fail ]] && exit 5
	touch "$3/huiyin.db"
	if [[ $1 == init ]]; then echo '  sysadmin  /welcome#0123'; fi
	;;
esac
END
chmod +x "$root"/tools/* "$root/build/huiyin"
export CALLS=$root/calls
number=0 status=0

# expect NAME EXIT PART CALLS ARGUMENT...: exit code, part of what it says, the calls made.
expect() {
	local name=$1 exit=$2 part=$3 calls=$4 said rc
	shift 4
	number=$((number + 1))
	: >"$CALLS"
	said=$(cd "$root/elsewhere" && "$root/run" "$@" 2>&1)
	rc=$?
	made=$(sed "s|$root|ROOT|g" "$CALLS" | paste -sd ';')
	if [[ $rc == "$exit" && $said == *"$part"* && $made == "$calls" ]]; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		printf '# %s\n' "exit $rc, wanted $exit" "calls $made" "wanted $calls"
		sed 's/^/# /' <<<"$said"
		status=1
	fi
}
free_port() { # one on which nobody listens just now
	local port
	for port in {39170..39270}; do
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
	done
}
port=$(free_port)

echo 1..9
expect 'building only calls nothing' 0 'Built: build/huiyin' '' --build-only
touch "$CALLS.fail"
expect 'a demo that fails is told' 1 'could not make the city' \
	'huiyin demo --data ROOT/data.making' --port "$port"
rm "$CALLS.fail"
[[ -e $root/data || -e $root/data.making ]] && status=1 && printf 'not '
number=$((number + 1))
echo "ok $number - and leaves nothing behind"
expect 'the first start makes a demo and serves it' 0 "http://127.0.0.1:$port/" \
	"huiyin demo --data ROOT/data.making;huiyin serve --data ROOT/data --port $port" --port "$port"
expect 'the second start serves the same city' 0 "http://127.0.0.1:$port/" \
	"huiyin serve --data ROOT/data --port $port" "--port=$port"
expect 'an empty city where the caller says, and the links to it' 0 "sysadmin  http://127.0.0.1:$port/welcome#0123" \
	"huiyin init --data ROOT/elsewhere/mine.making;huiyin serve --data ROOT/elsewhere/mine --port $port" \
	--empty --data mine --port "$port"
touch "$root/elsewhere/letter"
expect 'a folder with other things is left alone' 1 'is no city' '' \
	--data "$root/elsewhere" --port "$port"
expect 'a value may not be missing' 2 '--data needs a value' '' --data
# A listener on a port of its own, for as long as this script lives.
coproc listener { python3 -c '
import socket, sys
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
sys.stdin.read()'; }
read -r taken <&"${listener[0]}"
expect 'a port that is taken is told before anything is done' 1 "port $taken is in use" '' \
	--data other --port "$taken"
exit $status
