#!/bin/bash
# help, man page, completions and the option table say the same.
. "$(dirname "$0")/lib.sh"

vex --version
exits 0 "--version"
prints '^vexlog [0-9]+\.[0-9]+\.[0-9]+$' "one line"
vex
exits 2 "no command at all is a usage error"
says 'usage: vexlog' "with the usage on standard error"
is "$(wc -c <out)" 0 "and nothing on standard output"

vex help --format table
exits 0 "the table"
cp out table
cut -f1 table | sort -u | sed '/^$/d' >commands
awk -F'\t' '$1 == "" {print $2}' table >globals
ok "it has commands" test -s commands
ok "and options of every command" test -s globals

vex help
exits 0 "help"
cp out all
while read -r command; do
	ok "help lists $command" grep -qE "^  $command( |\$)" all
done <commands
vex --help
ok "--help is help" cmp -s out all

vex help --format man
exits 0 "the man page"
# what a reader sees, without bold and in one column of lines
man -l --no-hyphenation --no-justification -E ascii out 2>warnings |
    col -bx >page || bail "no man: apt-get install man-db groff"
is "$(cat warnings)" "" "it has no faults"
vex help --format man
groff -man -ww -z -Tascii out 2>warnings
is "$(cat warnings)" "" "nor does groff warn"

for shell in bash zsh fish; do
	vex help --format "$shell"
	exits 0 "completion of $shell"
	cp out "complete.$shell"
done

missing() { # FILE: options of "$command" it lacks
	awk -F'\t' -v c="$command" '$1 == c && $2 != "" {print $2}' table |
	while read -r option; do
		grep -qE -- "(^|[^-a-z])$option([^-a-z]|\$)" "$1" ||
			printf '%s ' "$option"
	done
}
while read -r command; do
	# shellcheck disable=SC2086 # a command may be two words
	vex help $command
	exits 0 "help $command"
	cp out help
	is "$(missing help)" "" "help $command has every option"
	# shellcheck disable=SC2086
	vex $command --help
	ok "$command --help is the same" cmp -s out help
	ok "nothing but options of the table stands in it" sh -c "
		sed -n '/^options/,\$p' help |
		    grep -oE '^ +(-[a-z], )?--[a-z-]+' |
		    grep -oE -- '--[a-z-]+' | while read -r option; do
			awk -F'\t' -v c='$command' -v o=\"\$option\" \
			    '(\$1 == c || \$1 == \"\") && \$2 == o {found = 1}
			    END {exit !found}' table || exit 1
		done"
	sed -n "/^   vexlog $command\$/,/^   vexlog /p" page >section
	[ -s section ] && [ "$(wc -l <section)" -gt 2 ] ||
		sed -n "/^   vexlog $command\$/,\$p" page >section
	is "$(missing section)" "" "the man page has every option of $command"
	ok "zsh knows $command" grep -q "'\?$command'\?[):]" complete.zsh
	awk -F'\t' -v c="$command" '$1 == c && $2 != "" {
	    print substr($2, 3)}' table | while read -r option; do
		grep -q -- "-l $option " complete.fish || echo "$option"
	done >lacks
	is "$(cat lacks)" "" "fish has every option of $command"
done <commands

# bash completes as a user would
# shellcheck disable=SC1091 # made above
. ./complete.bash
complete_line() {
	COMP_WORDS=("$@")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_vexlog 2>/dev/null
	printf '%s\n' "${COMPREPLY[@]}" | sed 's/ *$//' | sort -u | paste -sd' '
}
is "$(complete_line vexlog tra)" "trace" "bash: a command"
is "$(complete_line vexlog trust '')" "add check quorum show" "bash: a second word"
is "$(complete_line vexlog link --ba)" "--batch" "bash: an option"
is "$(complete_line vexlog --home x link --wat)" "--watch" \
    "bash: behind an option with a value"
is "$(complete_line vexlog trust add --ori)" "--origin" \
    "bash: of two words"
is "$(complete_line vexlog find --status not)" "not_affected" \
    "bash: a value"
is "$(complete_line vexlog hash ver)" "verdict" "bash: a word of a choice"

# ---- what a wrong line says -------------------------------------------------
vex trce a b
exits 2 "a command that is not there"
says 'did you mean `vexlog trace`' "the nearest one is named"
vex link --bacth 3
exits 2 "an option that is not there"
says 'did you mean --batch' "the nearest one is named"
vex link --batch 0
exits 2 "a number below its least"
says '"0" is not a whole number from 1 to 65536' "both limits are named"
vex link --batch
exits 2 "a value that is missing"
vex find --status good
exits 2 "a word that is no choice"
says '"good" is none of affected\|' "the choices are named"
vex trace CVE-1 p --at yesterday
exits 2 "a time that is none"
says '2026-01-31T12:00:00Z' "how times are written"
vex show
exits 2 "an operand that is missing"
vex show a b
exits 2 "an operand too many"
vex trust
exits 2 "half a command"
says 'vexlog help trust' "where the other half is listed"
vex help trust
exits 0 "help of a group"
prints '^  trust add ' "lists its commands"
vex help nonsense
exits 2 "help of nothing"
vex --json canon --nonsense
exits 2 "options before and after the command"

done_testing
