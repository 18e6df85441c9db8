package gen

// This file has stories about ages.

func ageLater(s *story) (string, Dec) {
	s.persons("A")
	age, years := 3+s.upTo(60), s.upTo(40)
	years = min(years, age-1)
	s.num("age", age)
	s.num("years", years)
	s.num("later", age+years)
	switch s.r.IntN(4) {
	case 0:
		s.note("now {age}, {years} ago ?")
		return "{A} is {age} years old[| now]. how old was {he} {years} years ago?", Int(s.sub(age, years))
	case 1:
		s.note("in {years}: {later}, now ?")
		return "in {years} years {A} will be {later} years old. how old is {he} now?", Int(s.sub(age+years, years))
	case 2:
		s.note("{years} ago: {age}, now ?")
		return "{years} years ago {A} was {age} years old. how old is {he} now?", Int(s.add(age, years))
	}
	s.note("now {age}, in {years} ?")
	return "[{A} is {age} years old|{A} is {age}]. how old will {he} be in {years} years?", Int(s.add(age, years))
}

func ageDifference(s *story) (string, Dec) {
	s.persons("A", "B")
	b, d, years := 3+s.upTo(50), s.upTo(30), s.upTo(20)
	s.num("b", b)
	s.num("d", d)
	s.num("a", b+d)
	s.num("years", years)
	switch s.r.IntN(4) {
	case 0:
		s.note("{B} {b}, {A} {d} more, sum ?")
		return "{A} is {d} years older than {B}. {B} is {b}. what is the sum of their ages?", Int(s.add(b, s.add(b, d)))
	case 1:
		s.note("{A} {a}, {B} {d} less, {B} ?")
		return "{A} is {a} years old and {B} is {d} years younger. how old is {B}?", Int(s.sub(b+d, d))
	case 2:
		s.note("{B} {b}, {A} {d} more, in {years} {A} ?")
		return "{A} is {d} years older than {B}[, who is {b}|. {B} is {b} years old]. " +
				"how old will {A} be in {years} years?",
			Int(s.add(s.add(b, d), years))
	}
	s.note("{B} {b}, {A} {d} more, {A} ?")
	return "[{A} is {d} years older than {B}. {B} is {b} years old|{B} is {b}. {A} is {d} years older]. " +
		"how old is {A}?", Int(s.add(b, d))
}

func ageTimes(s *story) (string, Dec) {
	s.persons("A", "B")
	b, k, years := 3+s.upTo(25), 2+s.r.Int64N(3), s.upTo(20)
	s.num("b", b)
	s.num("a", k*b)
	s.num("years", years)
	s.num("k", k)
	if k == 2 {
		s.set("twice", "twice")
	} else {
		s.set("twice", s.tell("{k} times"))
	}
	switch s.r.IntN(3) {
	case 0:
		s.note("{A} {a}, {A} {k}*{B}, {B} ?")
		return "{A} is {a} years old, {twice} as old as {B}. how old is {B}?", Int(s.div(k*b, k))
	case 1:
		s.note("{B} {b}, {A} {k}*{B}, in {years} {A} ?")
		return "{A} is {twice} as old as {B}. {B} is {b}. how old will {A} be in {years} years?",
			Int(s.add(s.mul(b, k), years))
	}
	s.note("{B} {b}, {A} {k}*{B}, {A} ?")
	return "[{A} is {twice} as old as {B}, who is {b}|{B} is {b} years old. {A} is {twice} as old]. " +
		"how old is {A}?", Int(s.mul(b, k))
}
