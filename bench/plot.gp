# SPDX-License-Identifier: BSD-3-Clause
# gnuplot -e "csv='bench.csv'; out='directory'" plot.gp: copies.svg and maps.svg
set datafile separator ','
set encoding utf8
rows(group, op, place, state) = sprintf( \
	"< awk -F, '$1 == \"%s\" && $2 == \"%s\" && $3 == \"%s\" && $4 == \"%s\"' %s", \
	group, op, place, state, csv)

ours = '#0b5fa5'
peer = '#c1440e'
set grid lc rgb '#dddddd'
set key left top samplen 2 spacing 1.1
set logscale x 2
set xtics ('8' 8, '64' 64, '512' 512, '4K' 4096, '32K' 32768, '256K' 262144, '2M' 2097152, '64M' 67108864) \
	nomirror
set border 3

set terminal svg size 1150,850 font 'DejaVu Sans,12' background '#ffffff'
set output out.'/copies.svg'
set multiplot layout 2,2 title 'memcpy\_fn at CACHE\_LINE, source and destination aligned'

set xlabel 'bytes'
set logscale y
set ytics nomirror
set format y '%.0s%c'
do for [state in 'cold L2'] {
	set xrange [6:(state eq 'cold' ? 1e8 : 4e5)]
	set title state eq 'cold' ? 'not in the caches' : 'in the second-level cache'
	set ylabel 'ns per call'
	plot rows('durable', 'memcpy', 'aligned', state) using 5:6 with linespoints lw 2 pt 7 ps 0.5 \
			lc rgb ours title 'ours', \
		'' using 5:7 with linespoints lw 2 pt 7 ps 0.5 lc rgb peer \
			title 'peer: NOFLUSH, then persist', \
		rows('copy', 'memcpy', 'aligned', state) using 5:6 with linespoints dt 2 pt 6 ps 0.5 \
			lc rgb ours title 'ours, PMEM2\_NT\_EVICTS=1', \
		'' using 5:7 with linespoints dt 2 pt 6 ps 0.5 lc rgb peer title 'peer: plain call'
}

unset logscale y
set format y '%g'
set yrange [0:1.4]
set key left bottom
do for [state in 'cold L2'] {
	set xrange [6:(state eq 'cold' ? 1e8 : 4e5)]
	unset title
	set ylabel 'time of ours / time of the peer'
	plot 1 lc rgb '#888888' notitle, \
		rows('durable', 'memcpy', 'aligned', state) using 5:8:9:10 with yerrorlines lw 2 \
			pt 7 ps 0.5 lc rgb ours title 'ours / NOFLUSH, then persist', \
		rows('copy', 'memcpy', 'aligned', state) using 5:8:9:10 with yerrorlines dt 2 \
			pt 6 ps 0.5 lc rgb ours title 'PMEM2\_NT\_EVICTS=1 / plain call'
}
unset multiplot

set output out.'/maps.svg'
set terminal svg size 1150,430 font 'DejaVu Sans,12' background '#ffffff'
set multiplot layout 1,3 title 'time against the number of maps'
set xlabel 'other maps'
set logscale x 10
set logscale y
set format y '%.0s%c'
set xrange [0.7:1e5]
set yrange [*:*]
set xtics ('0, 1' 1, '1k' 1000, '10k' 10000, '60k' 60000)
set key left top
set ylabel 'ns per call'
at(n) = n < 1 ? 1 : n
do for [name in 'maps|map_new+delete-4K maps|from_existing+delete lookup|find'] {
	bar = strstrt(name, '|')
	op = name[bar + 1:]
	op = op eq 'map_new+delete-4K' ? 'map_new+delete 4K' : op
	set title op noenhanced
	plot rows(name[1:bar - 1], op, '', '') using (at($5)):6 with linespoints lw 2 pt 7 ps 0.6 \
			lc rgb ours title 'ours', \
		'' using (at($5)):7 with linespoints lw 2 pt 7 ps 0.6 lc rgb peer title 'peer'
}
unset multiplot
