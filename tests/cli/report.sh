#!/bin/bash
# The main job's figures: 2,816 real letters with answers, a limit of 15 working days.  What must
# come out was counted beside this program, from the same file and the same calendar.
huiyin=${HUIYIN:-build/huiyin}
letters=${HY_SHARED_DATA:-../shared/data}/letters/fujian4_with_replies.csv
export HUIYIN_PACKS=${HUIYIN_PACKS:-$PWD/packs}
if [[ ! -r $letters ]]; then
	echo "1..0 # SKIP the letters are not there: $letters"
	exit 0
fi
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
report() { "$huiyin" report supervision --data "$dir/city" "$@"; }
# values ID...: their values in the report of everything.
values() {
	local id
	for id in "$@"; do
		report --csv --lang zh-CN | tr -d '\r' | awk -F, -v id="$id" '$1 == id { printf "%s ", $3 }'
	done
}

echo 1..9
"$huiyin" init --data "$dir/city" --name 回音市 >"$dir/log" 2>&1 &&
	"$huiyin" import --data "$dir/city" --map examples/letters.map.yaml --quiet "$letters" >>"$dir/log" 2>&1
check 'the letters are imported' 0 $?
check '2,103 of 2,816 are answered within 15 working days' '2816 2816 2103 713 74.68 ' \
	"$(values received answered in_time late in_time_share)"
check 'half of them within 8 working days' '8 ' "$(values work_days_median)"
check 'the list behind a figure is as long as the figure' 2103 "$(report --csv --open in_time | tail -n +2 | wc -l)"
check 'every unit opens to its own' '' "$(
	report --csv --by unit | tr -d '\r' | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "late") c = i; next }
		$1 != "" && $c > 5 { print $1, $c }' | while read -r unit late; do
		lines=$(report --csv --by unit --open late --group "$unit" | tail -n +2 | wc -l)
		[[ $lines == "$late" ]] || echo "$unit: $late, listed $lines"
	done
)"
check 'months add up' 2103 "$(report --csv --by month | tr -d '\r' | awk -F, '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == "in_time") c = i; next }
	$1 != "" { n += $c } END { print n }')"
check 'who is unassigned is the same in both countings' "$(values unassigned)" \
	"$(report --csv --by unit --lang en | tr -d '\r' | awk -F, '$2 == "unassigned" { print $3 " " }')"
check 'a year by itself' "$(report --csv --by month | awk -F, '$1 ~ /^2018-/ { n += $3 } END { print n }')" \
	"$(report --csv --from 2018-01-01 --to 2018-12-31 | awk -F, '$1 == "received" { print $3 }')"
report --xlsx "$dir/figures.xlsx" --by unit && report --json >"$dir/figures.json"
check 'a workbook and JSON are written' 'PK 0' "$(head -c 2 "$dir/figures.xlsx") $?"
((status)) && sed 's/^/# /' "$dir/log"
exit $status
