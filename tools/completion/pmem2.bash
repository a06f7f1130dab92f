# SPDX-License-Identifier: BSD-3-Clause
# Completes the arguments of pmem2 in bash.
# shellcheck shell=bash

# Where the program of crashtest begins: the word after --, else the first that is no option and no value.
_pmem2_program() {
	local i
	for ((i = 2; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--) echo $((i + 1)) && return ;;
		--check | --recover | --then | --depth | --ops | --state | --ack | --volatile | --ignore-range | --baseline | --copy | --trace | --directory | --html | --svg | --image | --output | --samples | --seed | --jobs | \
			--timeout | --program-timeout | --ignore | --granularity) i=$((i + 1)) ;;
		-*) ;;
		*) echo "$i" && return ;;
		esac
	done
	return 1
}

_pmem2_crashtest() {
	local current=$1 previous=$2
	case $previous in
	--granularity) mapfile -t COMPREPLY < <(compgen -W "BYTE CACHE_LINE PAGE none" -- "$current") ;;
	--ignore) mapfile -t COMPREPLY < <(compgen -W "missing-flush missing-drain stray-flush program" -- "$current") ;;
	--ack) mapfile -t COMPREPLY < <(compgen -f -W "stdout socket:" -- "$current") ;;
	--ops | --volatile | --ignore-range | --copy | --trace | --html | --svg | --output) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
	--directory) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
	--check | --recover | --then | --depth | --state | --baseline | --image | --samples | --seed | --jobs | --timeout | --program-timeout) COMPREPLY=() ;;
	*)
		if [[ $current == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W "--all --budget --torn --evictions --no-evictions --exact --no-preload --coherent --samples --seed --jobs --timeout
				--program-timeout --check --recover --then --depth --rerun --ops --state --ack --volatile --ignore-range --baseline --copy --granularity --ignore --trace --directory --image
				--output --json --minimize --html --svg --verbose --help --" -- "$current")
		else
			mapfile -t COMPREPLY < <(compgen -c -- "$current")
		fi
		;;
	esac
}

_pmem2() {
	local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} program
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "info backends crashtest --help --version" -- "$current")
		return
	fi
	case ${COMP_WORDS[1]} in
	info)
		if [[ $current == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W "--json --help" -- "$current")
		else
			mapfile -t COMPREPLY < <(compgen -f -- "$current")
		fi
		;;
	backends) mapfile -t COMPREPLY < <(compgen -W "--json --test --help" -- "$current") ;;
	crashtest)
		if program=$(_pmem2_program) && [ "$COMP_CWORD" -gt "$program" ]; then
			mapfile -t COMPREPLY < <(compgen -f -- "$current")
		elif [ -n "$program" ]; then
			mapfile -t COMPREPLY < <(compgen -c -- "$current")
		else
			_pmem2_crashtest "$current" "$previous"
		fi
		;;
	esac
}

complete -o filenames -F _pmem2 pmem2
