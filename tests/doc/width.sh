#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# No page of the HTML manual is wider than its window, of 1280 and of 400 pixels. usage: width.sh TAP DIRECTORY
directory=$(realpath "$2")
# shellcheck source=tests/tap.sh
. "$1"
command -v chromium >/dev/null || { echo "1..0 # SKIP chromium is not installed"; exit; }
export HOME=$PWD

{
	for page in "$directory"/*.html; do
		for width in 1280 400; do
			echo "<iframe width=$width height=600 src='file://$page'></iframe>"
		done
	done
	cat <<-'END'
		<script>
		onload = () => {
			for (const frame of document.querySelectorAll("iframe")) {
				const root = frame.contentDocument.documentElement;
				const line = document.createElement("p");
				line.textContent = `${frame.src.replace(/.*\//, "")} ${root.scrollWidth} of ${root.clientWidth};`;
				document.body.append(line);
			}
		};
		</script>
	END
} >all.html

chromium --headless --no-sandbox --disable-gpu --allow-file-access-from-files --virtual-time-budget=100000 \
	--dump-dom "file://$PWD/all.html" >dom 2>said
grep -oE '[^<>]+ [0-9]+ of [0-9]+;' dom >widths
pages=$(find "$directory" -name '*.html' | wc -l)

complete() { [ "$(wc -l <widths)" -eq $((2 * pages)) ] || { cat said; return 1; }; }
narrow() { awk '{ sub(";", "", $4); if ($2 > $4) { print; wide = 1 } } END { exit wide }' widths; }
point "all pages were laid out" complete
point "none is wider than its window" narrow
plan
