package answer

import (
	"slices"
	"strings"
)

// readTime reads 4:30 p.m. and 16:30.
func readTime(s string, in scope) (value, bool) {
	n := digitRun(s)
	if n == 0 || n > 2 || n == len(s) {
		return nil, false
	}
	rest := unquoted.Replace(s)
	hour, rest := strings.TrimLeft(rest[:n], "0"), rest[n:]
	minutes := ""
	if strings.HasPrefix(rest, ":") && digitRun(rest[1:]) == 2 {
		minutes, rest = rest[1:3], rest[3:]
		if strings.HasPrefix(rest, ":") && digitRun(rest[1:]) == 2 {
			minutes, rest = minutes+rest[:3], rest[3:]
		}
	}
	half := strings.ToUpper(undotted.Replace(rest))
	switch {
	case half != "" && half != "AM" && half != "PM", minutes == "" && half == "":
		return nil, false
	case minutes == "":
		minutes = "00"
	}
	if hour == "" {
		hour = "0"
	}
	t := timeOfDay{word: word(strings.TrimSpace(hour + ":" + minutes + " " + half))}
	if half == "" {
		t.ratio, _ = readRatio(s, in).(*scalar)
	}
	return &t, true
}

var (
	unquoted = strings.NewReplacer("“", " ", "”", " ")
	undotted = strings.NewReplacer(".", "", " ", "")
)

// readDate reads December 25, 2020 and 25 December 2020.
func readDate(s string) (value, bool) {
	fields := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == ',' })
	if len(fields) < 2 || len(fields) > 3 {
		return nil, false
	}
	month := slices.IndexFunc(fields, func(f string) bool { return monthOf(f) != "" })
	if month < 0 {
		return nil, false
	}
	date := monthOf(fields[month])
	for i, f := range fields {
		if f = strings.TrimRight(f, "sthndr"); i != month {
			if !digits(f) {
				return nil, false
			}
			date += " " + f
		}
	}
	return word(date), true
}

var months = strings.Fields("january february march april may june july august september october november december")

// monthOf is the month with a name, or with its first three letters, or "".
func monthOf(name string) string {
	name = strings.TrimSuffix(name, ".")
	for _, m := range months {
		if name == m || name == m[:3] || name == "sept" && m == "september" {
			return m
		}
	}
	return ""
}
