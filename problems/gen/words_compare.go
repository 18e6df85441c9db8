package gen

import "strings"

// This file has stories that compare quantities or put them together. The working names them by what tells them apart:
//
//	Ann 12, Bob 7, more ?

func compareOwners(s *story) (string, Dec) {
	s.persons("A", "B", "C")
	s.item(anything...)
	a, b := s.count(), s.count()
	if a == b {
		a++
	}
	s.num("a", a)
	s.num("b", b)
	s.num("c", s.count())
	body := pick(s.r,
		"{A} [has|had|found|made|collected] {a} {items} and {B} [has|had|found|made|collected] {b}[| {items}]. ",
		"{A} has {a} {items}. {B} has {b} {items}. ", "{B} has {b} {items}, and {A} has {a}. ",
		"{A} has {a} {items}, {B} has {b} {items} and {C} has {c} {items}. ",
		"there are {a} {items} in {A}'s [bag|box|room] and {b} in {B}'s. ")
	if s.r.IntN(3) == 0 {
		s.note("{A} {a}, {B} {b}, all ?")
		return body + pick(s.r, "how many {items} do {A} and {B} have [altogether|in all|in total|together]?",
			"what is the total number of {items} that {A} and {B} have?"), Int(s.add(a, b))
	}
	s.note("{A} {a}, {B} {b}, more ?")
	question := "how many more {items} does {A} have than {B}?"
	switch {
	case a > b && s.r.IntN(3) == 0:
		question = "how many fewer {items} does {B} have than {A}?"
	case a < b && s.r.IntN(3) == 0:
		question = "how many fewer {items} does {A} have than {B}?"
	case a < b:
		question = "how many more {items} does {B} have than {A}?"
	}
	return body + question, Int(s.sub(max(a, b), min(a, b)))
}

// compareGiven tells one quantity and how the other differs from it.
func compareGiven(s *story) (string, Dec) {
	s.persons("A", "B")
	s.item(anything...)
	d, base := s.count(), s.count()+1
	more := s.r.IntN(2) == 0
	apply, undo, a, word := s.add, s.sub, base+d, "more"
	if !more {
		d = s.some(base)
		apply, undo, a, word = s.sub, s.add, base-d, "fewer"
	}
	s.num("d", d)
	s.num("b", base)
	s.num("a", a)
	s.set("word", word)
	if s.r.IntN(3) == 0 { // the first is known: A has d more than B, so B has less
		s.note("{A} {a}, {d} {word} than {B}, {B} ?")
		return pick(s.r,
			"{A} has {a} {items}, which is {d} {word} than {B}[| has]. how many {items} does {B} have?",
			"{A} has {d} {word} {items} than {B}. if {A} has {a} {items}{how} many does {B} have?",
			"{A} [made|sold|picked] {a} {items} today. that is {d} {word} than yesterday. "+
				"how many {items} were there yesterday?",
		), Int(undo(a, d))
	}
	s.note("{B} {b}, {A} {d} {word}, {A} ?")
	body := pick(s.r,
		"{B} has {b} {items}. {A} has {d} {word}[| {items}] than {B}. ",
		"{A} has {d} {word} {items} than {B}. {B} has {b} {items}. ",
		"{B} [sold|made|picked|found] {b} {items} and {A} [sold|made|picked|found] {d} {word}. ")
	apply(base, d)
	if s.r.IntN(3) == 0 {
		s.note("{B} {b}, {A} {a}, all ?")
		return body + "how many {items} [do they have|are there] [altogether|in all|together|in total]?",
			Int(s.add(base, a))
	}
	return body + "how many {items} does {A} have?", Int(a)
}

// compareChain has a difference to somebody who differs from a third.
func compareChain(s *story) (string, Dec) {
	s.persons("A", "B", "C")
	s.item(anything...)
	c, d, e := s.count()+1, s.count(), s.count()
	fewer := s.some(c)
	s.num("c", c)
	s.num("d", d)
	s.num("e", e)
	s.num("f", fewer)
	if s.r.IntN(2) == 0 {
		s.note("{C} {c}, {B} {d} more, {A} {e} more, {A} ?")
		return pick(s.r,
			"{A} has {e} more {items} than {B}, and {B} has {d} more than {C}. {C} has {c} {items}. ",
			"{C} has {c} {items}. {B} has {d} more {items} than {C}. {A} has {e} more than {B}. ",
		) + "how many {items} does {A} have?", Int(s.sum(c, d, e))
	}
	s.note("{C} {c}, {B} {f} fewer, {A} {e} more, {A} ?")
	return pick(s.r,
		"{B} has {f} fewer {items} than {C} and {A} has {e} more than {B}. {C} has {c} {items}. ",
		"{C} has {c} {items}. {B} has {f} fewer than {C}. {A} has {e} more {items} than {B}. ",
	) + "how many {items} does {A} have?", Int(s.add(s.sub(c, fewer), e))
}

// compareMeasures is about distances and times.
func compareMeasures(s *story) (string, Dec) {
	s.persons("A", "B")
	m := pick(s.r,
		[5]string{"jumped", "jump", "farther", "inches", "feet"}, [5]string{"ran", "run", "farther", "miles", "km"},
		[5]string{"walked", "walk", "farther", "meters", "miles"}, [5]string{"swam", "swim", "farther",
			"meters", "laps"},
		[5]string{"threw the ball", "throw the ball", "farther", "feet", "yards"}, [5]string{"drove", "drive",
			"farther", "km", "miles"},
		[5]string{"studied", "study", "longer", "minutes", "hours"}, [5]string{"slept", "sleep", "longer",
			"minutes", "hours"})
	a, d := s.count(), s.count()
	b := a + d
	s.num("a", a)
	s.num("b", b)
	s.num("d", d)
	s.set("past", m[0])
	s.set("base", m[1])
	s.set("farther", m[2])
	s.set("unit", pick(s.r, m[3], m[4]))
	switch s.r.IntN(4) {
	case 0:
		s.note("{A} {a}, {B} {d} more, {B} ?")
		return "{A} {past} {a} {unit}. {B} {past} {d} {unit} {farther} than {A}. " +
			"how many {unit} did {B} {base}?", Int(s.add(a, d))
	case 1:
		s.note("{B} {b}, {A} {d} less, {A} ?")
		return "{B} {past} {b} {unit}, {d} {unit} {farther} than {A}. how many {unit} did {A} {base}?", Int(s.sub(b, d))
	}
	s.note("{A} {a}, {B} {b}, more ?")
	return "[{A} {past} {a} {unit} and {B} {past} {b}[| {unit}]|{B} {past} {b} {unit}. {A} {past} {a} {unit}]. " +
		"how [much {farther}|many more {unit}] did {B} {base} than {A}?", Int(s.sub(b, a))
}

// partsOfWhole has two kinds that make up a whole.
func partsOfWhole(s *story) (string, Dec) {
	one, other, _ := strings.Cut(pick(s.r, peoplePairs...), "/")
	p, q, joined := s.count(), s.count(), s.count()
	s.set("k1", one)
	s.set("k2", other)
	s.num("p", p)
	s.num("q", q)
	s.num("all", p+q)
	s.num("d", joined)
	s.set("where", pick(s.r, "in the park", "at the fair", "on the farm", "at the zoo", "in the yard",
		"in the hall", "in town"))
	both := "[there [are|were] {p} {k1} and {q} {k2} {where}|{where} there are {p} {k1} and {q} {k2}]. "
	switch s.r.IntN(6) {
	case 0, 1:
		s.note("all {all}, {k1} {p}, {k2} ?")
		return pick(s.r,
			"there are {all} {k1} and {k2} {where}. {p} [of them |]are {k1}. how many {k2} are there[| {where}]?",
			"{where} there are {p} {k1} and some {k2}. if there are {all} [in all|altogether|in total]{how} many "+
				"{k2} are there?",
			"of the {all} {k1} and {k2} {where}, {p} are {k1} and the rest are {k2}. how many {k2} are {where}?",
		), Int(s.sub(p+q, p))
	case 2:
		s.note("{k1} {p}, {k2} {d} more, {k2} ?")
		return "there are {p} {k1} {where} and {d} more {k2} than {k1}. how many {k2} are there?", Int(s.add(p, joined))
	case 3:
		s.note("{k1} {p}, in {d}, now ?")
		return both + "[then |]{d} more {k1} [came|arrived]. how many {k1} are [there|{where}] now?",
			Int(s.add(p, joined))
	case 4:
		if p > q {
			s.note("{k1} {p}, {k2} {q}, more ?")
			return both + "how many more {k1} than {k2} are there?", Int(s.sub(p, q))
		}
	}
	s.note("{k1} {p}, {k2} {q}, all ?")
	return both + pick(s.r, "how many {k1} and {k2} are there [in all|altogether|in total|together]?",
		"what is the total number of {k1} and {k2}?"), Int(s.add(p, q))
}

// compareDays has a quantity for each of three days.
func compareDays(s *story) (string, Dec) {
	s.persons("A", "B")
	s.item(anything...)
	s.days("d1", "d2", "d3")
	n := []int64{s.count(), s.count(), s.count()}
	for i, key := range []string{"a", "b", "c"} {
		s.num(key, n[i])
	}
	did := pick(s.r, [2]string{"sold", "sell"}, [2]string{"made", "make"}, [2]string{"picked",
		"pick"}, [2]string{"found", "find"},
		[2]string{"bought", "buy"}, [2]string{"got", "get"}, [2]string{"packed", "pack"}, [2]string{"counted", "count"})
	s.set("did", did[0])
	s.set("do", did[1])
	body := pick(s.r,
		"{A} {did} {a} {items} on {d1}, {b} on {d2} and {c} on {d3}. ",
		"{A} {did} {a} {items} on {d1} and {b} {items} on {d2}. on {d3} {he} {did} {c}. ",
		"on {d1} {A} {did} {a} {items}, on {d2} {b} and on {d3} {c}. ")
	keys := []string{"a", "b", "c"}
	i := s.r.IntN(3)
	j := (i + 1 + s.r.IntN(2)) % 3
	if n[i] < n[j] {
		i, j = j, i
	}
	x, y := "d"+digits(int64(i+1)), "d"+digits(int64(j+1))
	switch {
	case s.r.IntN(3) == 0:
		s.note("{d1} {a}, {d2} {b}, {d3} {c}, all ?")
		return body + "how many {items} did {A} {do} [in all|altogether|in total|over the three days]?",
			Int(s.sum(n...))
	case n[i] > n[j] && s.r.IntN(2) == 0:
		s.note("{" + x + "} {" + keys[i] + "}, {" + y + "} {" + keys[j] + "}, more ?")
		return body + "how many more {items} did {he} {do} on {" + x + "} than on {" + y + "}?", Int(s.sub(n[i], n[j]))
	}
	s.note("{" + x + "} {" + keys[i] + "}, {" + y + "} {" + keys[j] + "}, all ?")
	return body + "how many {items} did {A} {do} on {" + x + "} and {" + y + "}[| together]?", Int(s.add(n[i], n[j]))
}

func timesAsMany(s *story) (string, Dec) {
	s.persons("A", "B")
	s.item(anything...)
	k, b := 2+s.r.Int64N(6), s.count()
	s.num("b", b)
	s.num("a", k*b)
	s.num("k", k)
	s.set("times", s.tell("{k} times"))
	if k == 2 {
		s.set("twice", "twice")
	} else {
		s.set("twice", spelled(k)+" times")
	}
	switch s.r.IntN(4) {
	case 0:
		s.note("{A} {a}, {A} {k}*{B}, {B} ?")
		return "{A} has {a} {items}, [{twice}|{times}] as many as {B}. how many {items} does {B} have?",
			Int(s.div(k*b, k))
	case 1:
		s.note("{B} {b}, {A} {k}*{B}, all ?")
		return "{B} has {b} {items} and {A} has [{twice}|{times}] as many. " +
				"how many do they have [together|in all|altogether]?",
			Int(s.add(b, s.mul(b, k)))
	}
	s.note("{B} {b}, {A} {k}*{B}, {A} ?")
	return pick(s.r,
		"{B} has {b} {items}. {A} has [{twice}|{times}] as many[| {items}][| as {B}]. how many {items} does {A} have?",
		"{A} has [{twice}|{times}] as many {items} as {B}. if {B} has {b} {items}{how} many does {A} have?",
	), Int(s.mul(b, k))
}
