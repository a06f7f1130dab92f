#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# The results as a page of HTML, and as JSON whose members are those of the manual.
# usage: page.sh TAP PMEM2 RECOVERED ACKED SOURCES
pmem2=$(realpath "$2") recovered=$(realpath "$3") acked=$(realpath "$4") sources=$(realpath "$5")
# shellcheck source=tests/tap.sh
. "$1"
mkdir tmp
export TMPDIR=$PWD/tmp HOME=$PWD

acks() {
	rm -rf data tmp/*
	"$pmem2" crashtest --timeout 1200 --ack stdout --check "$acked {} check {ack}" "$@" -- "$acked" data put early
}
recovery() {
	rm -rf data tmp/*
	"$pmem2" crashtest --timeout 1200 --recover "$recovered {} recover increments" --check "[ -e {} ] && $recovered {} check" \
		"$@" -- "$recovered" data put increments
}

# ---- no time ----

too_late() { "$pmem2" crashtest --budget 0.000001 --check true -- "$acked" data put right; }
point "nothing that was tried is not clean" says 'no image was tried: the time was over' status 2 too_late

# ---- the page ----

acks --html acks.html >said 2>&1
has() { grep -qF -- "$2" "$1" || { cat "$1"; return 1; }; }
point "a page" has acks.html '<h2>acknowledged before it is durable</h2>'
point "what was lost" has acks.html '<tr class=lost><td>data+0x0<td>lost'
point "what was written" has acks.html 'wrote &quot;ack 1&quot;'
point "where the power failed" has acks.html 'the power fails'
point "the line of the source" has acks.html '<td>put (acked.c:'
point "the command again" has acks.html "$(sed -n 's/^  again *//p' said | head -1)"
point "the line for gdb" has acks.html "gdb --args $acked image check image.ack"
recovery --html recovery.html >said 2>&1
point "recoveries" has recovery.html '<h2>recovery that cannot begin again</h2>'
point "the checker in a shell" has recovery.html "gdb -ex 'set follow-fork-mode child' --args /bin/sh -c"
"$pmem2" crashtest --timeout 1200 --check true --html '<&>.html' -- "$acked" data put right >said 2>&1
point "one without findings" has '<&>.html' ' 0 failed.'
foreign() { grep -nE '(src|href)=|https?:|@import|url\(' ./*.html; }
point "nothing from elsewhere" status 1 foreign
point "a place where it cannot be" says 'no-such/page.html: No such file' status 2 acks --html no-such/page.html

if command -v chromium >/dev/null; then
	for page in acks recovery; do
		for width in 1280 400; do
			echo "<iframe width=$width height=600 src='file://$PWD/$page.html'></iframe>"
		done
	done >all.html
	cat >>all.html <<-'END'
		<script>
		onload = () => {
			for (const frame of document.querySelectorAll("iframe")) {
				const root = frame.contentDocument.documentElement;
				const line = document.createElement("p");
				line.textContent = `${frame.width} ${root.scrollWidth} of ${root.clientWidth};`;
				document.body.append(line);
			}
		};
		</script>
	END
	chromium --headless --no-sandbox --disable-gpu --allow-file-access-from-files --virtual-time-budget=100000 \
		--dump-dom "file://$PWD/all.html" >dom 2>said
	grep -oE '[0-9]+ [0-9]+ of [0-9]+;' dom >widths
	narrow() { awk '{ sub(";", "", $4); if ($2 > $4) { print; wide = 1 } } END { exit wide || NR != 4 }' widths; }
	point "no wider than its window, 1280 and 400 pixels" narrow
else
	skip "no wider than its window, 1280 and 400 pixels" "chromium is not installed"
fi

# ---- the least ----

# journal: a second record counts without the first
journal() {
	rm -rf data tmp/*
	"$pmem2" crashtest --timeout 1200 --minimize --trace tmp/trace --then "$recovered {} append plain" \
		--check "$recovered {} last plain" -- "$recovered" data batch plain
}
journal >said 2>&1
point "one of two parts is lost" grep -qE 'least +1 of 2 parts lost after [0-9]+ events: ' said
least=$(sed -n 's/^  least .*: pmem2 //p' said | head -1)
# shellcheck disable=SC2086 # several words
point "its image" status 0 "$pmem2" $least
wrong() { "$recovered" image append plain && status 1 "$recovered" image last plain; }
point "fails" wrong

all_lost() {
	rm -rf data tmp/*
	"$pmem2" crashtest --timeout 1200 --minimize --check '! cmp -s -n 1 {} /dev/zero' -- "$acked" data put right
}
point "the first point at which it fails" says 'least +[01] of [01] parts lost after 1[0-9] events' status 1 all_lost
without() { acks | grep least; }
point "not looked for by default" status 1 without

# ---- JSON ----

acks --json --minimize --volatile data:4088+8 --volatile other:0+8 >acks.json
recovery --json >recovery.json
point "a part that needs no flush" has acks.json '"offset": 4088, "length": 8, "learnt": false, "mapped": true, "changes": 0}'
point "one of no file" has acks.json '"file": "other", "offset": 0, "length": 8, "learnt": false, "mapped": false, "changes": 0}'
point "JSON as the manual has it" python3 "$sources/json_members.py" "$sources/../../man/pmem2-crashtest.1.scd" acks.json recovery.json
plan
