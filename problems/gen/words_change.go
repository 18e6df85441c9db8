package gen

// This file has stories in which somebody has things and some come or go. Their quantities are
//
//	had 26, out 9, in 4, now ?
//
// with "?" for the one that is asked for.

// An action makes things come or go: "gave ... to Ann", "give ... to Ann".
type action struct{ past, base, tail string }

// drawAction makes {past}, {base} and {tail} stand for an action that takes things away (gone) or brings some.
func (s *story) drawAction(gone, edible bool) {
	to, from, at := " to "+s.tell("{B}"), " from "+s.tell("{B}"), pick(s.r, "", "", " at the "+pick(s.r, venues...))
	a := pick(s.r,
		action{"got", "get", from}, action{"bought", "buy", at}, action{"found", "find", at},
		action{"received", "receive", pick(s.r, " as a gift", from)}, action{"won", "win", at},
		action{"collected", "collect", at}, action{"borrowed", "borrow", from}, action{"picked up", "pick up", at},
		action{"added", "add", ""}, action{"made", "make", ""})
	if gone {
		a = pick(s.r,
			action{"gave", "give", pick(s.r, to, " to a friend", " to friends")}, action{"gave away", "give away", ""},
			action{"lost", "lose", pick(s.r, at, " on the way home")}, action{"sold", "sell", pick(s.r, at, to)},
			action{"threw away", "throw away", ""}, action{"donated", "donate", at}, action{"used", "use", ""},
			action{"shared", "share", " with friends"}, action{"dropped", "drop", at}, action{"lent", "lend", to})
		if edible && s.r.IntN(2) == 0 {
			a = action{"ate", "eat", pick(s.r, at, " for lunch")}
		}
	}
	s.set("past", a.past)
	s.set("base", a.base)
	s.set("tail", a.tail)
}

// A move is a change of what somebody has.
type move struct {
	had, moved, now int64
	gone            bool // moved went away; else it came
}

// drawMove draws a person {A} with {items} and a change.
func (s *story) drawMove() move {
	s.persons("A", "B")
	edible := s.r.IntN(2) == 0
	if edible {
		s.item(foods...)
	} else {
		s.item(things...)
	}
	m := move{had: s.count(), moved: s.count(), gone: s.r.IntN(5) > 1}
	s.drawAction(m.gone, edible)
	if m.gone {
		m.had += m.moved
		m.now = m.had - m.moved
		s.set("way", "out")
		s.set("left", pick(s.r, " left", " left", ""))
	} else {
		m.now = m.had + m.moved
		s.set("way", "in")
		s.set("left", pick(s.r, "", " altogether", " in all"))
	}
	s.num("had", m.had)
	s.num("moved", m.moved)
	s.num("now", m.now)
	s.num("aside", s.count())
	return m
}

func changeNow(s *story) (string, Dec) {
	m := s.drawMove()
	s.note("had {had}, {way} {moved}, now ?")
	now := s.add
	if m.gone {
		now = s.sub
	}
	return pick(s.r,
		"{A} [had|has|owned|started with] {had} {items}[|, and {B} had {aside}| and {aside} [pets|cousins]]. "+
			"[|then |later |the next day ]{he} {past} {moved}[| of them| {items}]{tail}. "+
			"how many {items} [does {A} have{left}|did {he} end up with|does {he} now have]?",
		"if {A} had {had} {items} and {past} {moved}[| of them]{tail}{how} many {items} [does|would] {he} have "+
			"[now|in the end]?",
		"how many {items} does {A} have{left} if {he} had {had} and {past} {moved}{tail}?",
		"{A} {past} {moved} {items}{tail}. if {he} had {had} {items} "+
			"[initially|at first|before that|in the beginning]{how} many {items} does {he} have now?",
		"there were {had} {items} in {A}'s [collection|bag|room]. {A} {past} {moved} {items}{tail}. "+
			"how many {items} does {he} have{left}?",
		"{A} {past} {moved} {items}{tail}. {he} had {had} before. how many are there now?",
		"{had} {items}, {past} {moved}{how} many [are there now|now|in the end]?",
	), Int(now(m.had, m.moved))
}

func changeMoved(s *story) (string, Dec) {
	m := s.drawMove()
	s.note("had {had}, {way} ?, now {now}")
	return pick(s.r,
		"{A} had {had} {items}. {he} {past} some[| of them| {items}]{tail}[ and now has {now}{left}|. now {he} has "+
			"{now} {items}{left}]. how many {items} did {he} {base}?",
		"{A} had {now} {items}{left} after {he} {past} some{tail}. "+
			"if {he} had {had} {items} [at the start|at first]{how} many {items} did {A} {base}?",
		"after {A} {past} some {items}{tail}, the {had} {items} {he} had became {now}. how many did {he} {base}?",
		"{A} has {now} {items} now. {he} had {had} before {he} {past} some{tail}. how many {items} did {A} {base}?",
	), Int(s.sub(max(m.had, m.now), min(m.had, m.now)))
}

func changeBefore(s *story) (string, Dec) {
	m := s.drawMove()
	s.note("had ?, {way} {moved}, now {now}")
	before := s.sub
	if m.gone {
		before = s.add
	}
	return pick(s.r,
		"{A} {past} {moved} {items}{tail}. [now {he} has|{he} now has] {now} {items}{left}. "+
			"how many {items} did {A} have [at first|to start with|in the beginning|before|initially]?",
		"{A} had some {items}. after {he} {past} {moved}[| of them]{tail}, {he} had {now}{left}. "+
			"how many {items} did {he} [start with|have at first|have at the start]?",
		"if {A} has {now} {items}{left} after {he} {past} {moved}{tail}{how} many {items} did {he} have before?",
	), Int(before(m.now, m.moved))
}

// drawScene draws a place {where} with {had} of {what}, of which {out} leave while {in} enter.
func (s *story) drawScene() (had, out, in int64) {
	scene := pick(s.r,
		[4]string{"people", "on the bus", "got off", "got on"}, [4]string{"children", "on the bus", "got off",
			"got on"},
		[4]string{"passengers", "on the train", "got off", "got on"},
		[4]string{"birds", "in the tree", "flew away", "came"},
		[4]string{"customers", "in the cafe", "left", "came in"}, [4]string{"students", "in the room", "left",
			"entered"},
		[4]string{"cars", "in the parking lot", "drove off", "arrived"}, [4]string{"bees", "in the garden",
			"flew off", "flew in"},
		[4]string{"ducks", "on the pond", "swam away", "arrived"},
		[4]string{"books", "on the shelf", "were taken", "were added"},
		[4]string{"guests", "at the party", "went home", "arrived"}, [4]string{"boats", "in the harbor",
			"sailed away", "came in"},
		[4]string{"fish", "in the tank", "were sold", "were added"},
		[4]string{"apps", "on the phone", "were deleted", "were added"})
	for i, key := range []string{"what", "where", "outs", "ins"} {
		s.set(key, scene[i])
	}
	s.set("then", pick(s.r, "then", "later", "after a while", "at noon", "in the evening", "a little later"))
	had, in = s.count(), s.count()
	out = s.some(had)
	s.num("had", had)
	s.num("out", out)
	s.num("in", in)
	s.num("now", had-out+in)
	return had, out, in
}

const (
	sceneOpening = "[there were {had} {what} {where}|{had} {what} were {where}]. {then}[,|] "
	sceneEvents  = "[{in} {what} {ins} and {out} {outs}|{out} {what} {outs} and {in} {ins}|{out} {outs} while {in} " +
		"{ins}]. "
)

func placeNow(s *story) (string, Dec) {
	had, out, in := s.drawScene()
	if s.r.IntN(3) == 0 {
		s.note("had {had}, out {out}, now ?")
		return sceneOpening + "{out}[| {what}| of them] {outs}. how many {what} [were|are] [|still ]{where}?",
			Int(s.sub(had, out))
	}
	s.note("had {had}, out {out}, in {in}, now ?")
	return sceneOpening + sceneEvents + "how many {what} [are|were] [there|{where}] [now|in the end|after that]?",
		Int(s.add(s.sub(had, out), in))
}

func placeBefore(s *story) (string, Dec) {
	had, out, in := s.drawScene()
	s.note("had ?, out {out}, in {in}, now {now}")
	return "there were some {what} {where}. {then}[,|] " + sceneEvents + "[now there are|then there were|there are " +
		"now] {now} {what} {where}. how many {what} were {where} at [first|the " +
		"start]?", Int(s.add(s.sub(had-out+in, in), out))
}

func placeMoved(s *story) (string, Dec) {
	had, out, in := s.drawScene()
	if s.r.IntN(2) == 0 {
		s.note("had {had}, out {out}, in ?, now {now}")
		return sceneOpening + "{out} {what} {outs} and some {ins}. " +
				"[now there are|there are now] {now} {what} {where}. how many {what} {ins}?",
			Int(s.sub(had-out+in, s.sub(had, out)))
	}
	question := "how many more {what} {ins} than {outs}?"
	if out > in {
		question = "how many more {what} {outs} than {ins}?"
	}
	s.note("in {in}, out {out}, more ?")
	return sceneOpening + sceneEvents + question, Int(s.sub(max(in, out), min(in, out)))
}

// kindsChange has two kinds of things and an event for each: most of what is told is not asked for.
func kindsChange(s *story) (string, Dec) {
	s.persons("A", "B")
	s.twoKinds()
	s.drawAction(true, false)
	had1, had2 := 1+s.count(), 1+s.count()
	out1, out2 := s.some(had1), s.some(had2)
	s.num("had1", had1)
	s.num("had2", had2)
	s.num("out1", out1)
	s.num("out2", out2)
	body := pick(s.r, "{A} [had|has] {had1} {k1} and {had2} {k2}. ", "{A} [had|has] {had2} {k2} and {had1} {k1}. ") +
		pick(s.r, "{he} {past} {out1} {k1} and {out2} {k2}{tail}. ", "{he} {past} {out2} {k2} and {out1} {k1}{tail}. ")
	switch s.r.IntN(6) {
	case 0:
		s.note("out {out1}+{out2}, all ?")
		return body + "how many {items} did {A} {base} [in all|altogether|in total]?", Int(s.add(out1, out2))
	case 1:
		s.note("had {had1}+{had2}, all ?")
		return body + "how many {items} did {A} have [at first|in the beginning|to start with]?", Int(s.add(had1, had2))
	case 2:
		s.note("{k1}: had {had1}, out {out1}; {k2}: had {had2}, out {out2}; now ?")
		return body + "how many {items} does {A} have left [in all|altogether|in total]?",
			Int(s.add(s.sub(had1, out1), s.sub(had2, out2)))
	case 3:
		if had1 > had2 {
			s.note("{k1} {had1}, {k2} {had2}, more ?")
			return body + "how many more {k1} than {k2} did {A} have [at first|in the beginning|initially]?",
				Int(s.sub(had1, had2))
		}
	}
	s.note("{k1}: had {had1}, out {out1}, now ?")
	return body + "how many {k1} [does {A} have|are|does {he} have|did {A} have] left?", Int(s.sub(had1, out1))
}

// twoChanges has two events for one kind of things.
func twoChanges(s *story) (string, Dec) {
	s.persons("A", "B")
	s.item(anything...)
	had, out, second := s.count(), s.count(), s.count()
	leave := [][2]string{{"sold", "sell"}, {"lost", "lose"}, {"gave away", "give away"}, {"used",
		"use"}, {"threw away", "throw away"}}
	enter := [][2]string{{"bought", "buy"}, {"found", "find"}, {"made", "make"}, {"got", "get"}, {"won", "win"}}
	had += out
	gone, came := pick(s.r, leave...), pick(s.r, enter...)
	s.num("had", had)
	s.num("out", out)
	s.set("gone", gone[0])
	s.set("go", gone[1])
	if s.r.IntN(3) == 0 {
		second = s.some(had - out)
		s.num("second", second)
		s.note("had {had}, out {out}, out {second}, now ?")
		return "{A} had {had} {items}. {he} {gone} {out}[| of them] and gave {second} [of them|{items}] to {B}. " +
			"how many {items} [does {A} have left|are left|did {he} have left]?", Int(s.sub(s.sub(had, out), second))
	}
	s.num("second", second)
	s.set("came", came[0])
	s.set("come", came[1])
	body := pick(s.r,
		"{A} had {had} {items}. {he} {gone} {out}[| of them] and [then |later |]{came} {second} [more|new] {items}. ",
		"{A} had {had} {items}. {he} {came} {second} [new|more] {items} and {gone} {out} {items}. ")
	switch {
	case s.r.IntN(3) > 0:
		s.note("had {had}, out {out}, in {second}, now ?")
		return body + "how many {items} [does {A} have now|does {he} have now|did {he} end up with|would {A} still " +
				"have]?",
			Int(s.add(s.sub(had, out), second))
	case out > second:
		s.note("out {out}, in {second}, more ?")
		return body + "how many more {items} did {A} {go} than [those {he} {came}|{he} {came}]?",
			Int(s.sub(out, second))
	}
	s.note("in {second}, out {out}, more ?")
	return body + "how many more {items} did {A} {come} than [those {he} {gone}|{he} {gone}]?", Int(s.sub(second, out))
}

// goal has something that is to be complete, of which a part is done.
func goal(s *story) (string, Dec) {
	s.persons("A")
	done, more, other := s.count(), s.count(), s.count()
	s.num("need", done+more)
	s.num("done", done)
	s.num("more", more)
	s.num("other", other)
	one, two := s.two([]string{"flour", "sugar", "milk", "salt", "butter", "oil", "rice", "cocoa"})
	s.set("k1", one)
	s.set("k2", two)
	s.set("cups", pick(s.r, "cups", "spoons", "grams"))
	switch s.r.IntN(4) {
	case 0:
		s.note("need ?, has {done}, more {more}")
		return pick(s.r,
			"{A} is baking a cake. so far {he} has put in {done} {cups} of {k1} and still needs {more} more. "+
				"how many {cups} of {k1} does the recipe need?",
			"{A} has read {done} pages of a book. {more} pages are left. how many pages does the book have?",
			"{A} finished {done} of {his} exercises and has {more} still to do. "+
				"how many exercises are there [in all|altogether]?",
		), Int(s.add(done, more))
	case 1:
		s.note("need {need}, has ?, more {more}")
		return pick(s.r,
			"the recipe asks for {need} {cups} of {k1} and {other} {cups} of {k2}. "+
				"{A} still has to add {more} {cups} of {k1}. how many {cups} of {k1} did {he} put in?",
			"a book has {need} pages. {A} still has {more} pages to read. how many pages has {he} read?",
		), Int(s.sub(done+more, more))
	}
	s.note("need {need}, has {done}, more ?")
	return pick(s.r,
		"{A} is baking a cake. the recipe asks for {need} {cups} of {k1} and {other} {cups} of {k2}. "+
			"so far {he} has put in {done} {cups} of {k1}. how many more {cups} of {k1} must {he} add?",
		"a recipe needs {other} {cups} of {k2} and {need} {cups} of {k1}. {A} put in {done} {cups} of {k1}. "+
			"how many more {cups} of {k1} are needed?",
		"{A} has to write {need} words. {he} has written {done}. how many words are still missing?",
		"there are {need} books on {A}'s list. {he} has already read {done} of them. "+
			"how many does {he} still have to read?",
		"{A} wants to walk {need} km this month. so far {he} has walked {done} km. how many km are left?",
	), Int(s.sub(done+more, done))
}

// weight has a measure that rises or falls.
func weight(s *story) (string, Dec) {
	s.persons("A")
	had, first, second := s.count(), s.count(), s.count()
	had += first + second
	s.num("had", had)
	s.num("first", first)
	s.num("second", second)
	s.num("now", had-first)
	s.set("kg", pick(s.r, "kg", "kilograms", "pounds"))
	switch s.r.IntN(5) {
	case 0:
		s.note("had ?, out {first}, now {now}")
		return "{A} weighs {now} {kg}. {he} lost {first} {kg} [by running|since last year]. " +
				"how much did {he} weigh before?",
			Int(s.add(had-first, first))
	case 1:
		s.note("had {had}, out {first}, out {second}, now ?")
		return "{A} weighed {had} {kg}. {he} lost {first} {kg} in the first month and {second} {kg} in the second. " +
				"how much does {he} weigh now?",
			Int(s.sub(s.sub(had, first), second))
	case 2:
		s.note("had {had}, out {first}, now ?")
		return "{A} weighed {had} {kg}. {he} lost {first} {kg} in the first week and {second} {kg} in the second. " +
			"how much did {he} weigh after the first week?", Int(s.sub(had, first))
	case 3:
		s.note("had {now}, in {first}, now ?")
		return pick(s.r,
			"a plant was {now} cm tall and grew {first} cm. how tall is it now?",
			"the water in a tank was {now} cm deep. it rose by {first} cm. how deep is it now?",
			"a puppy weighed {now} {kg} and gained {first} {kg}. how much does it weigh now?",
		), Int(s.add(had-first, first))
	}
	s.note("had {had}, out {first}, now ?")
	return pick(s.r,
		"a rope was {had} cm long. {A} cut off {first} cm. how long is it now?",
		"a tank held {had} liters of water. {first} liters leaked out. how many liters are left?",
		"the pond was {had} cm deep. in summer the water fell by {first} cm. how deep is it now?",
	), Int(s.sub(had, first))
}

// transfer moves things from one person to another.
func transfer(s *story) (string, Dec) {
	s.persons("A", "B")
	s.item(anything...)
	a, b := 2+s.count(), s.count()
	x := s.some(a)
	s.num("a", a)
	s.num("b", b)
	s.num("x", x)
	body := pick(s.r,
		"{A} has {a} {items} and {B} has {b}. {A} gives {x}[| {items}] to {B}. ",
		"{B} has {b} {items}. {A}, who has {a}, gives {x} of them to {B}. ",
		"{A} had {a} {items} and {B} had {b} {items}. then {A} gave {x} [of them |]to {B}. ")
	if s.r.IntN(2) == 0 {
		s.note("{A}: had {a}, out {x}, now ?")
		return body + "how many {items} does {A} have [now|left]?", Int(s.sub(a, x))
	}
	s.note("{B}: had {b}, in {x}, now ?")
	return body + "how many {items} does {B} have now?", Int(s.add(b, x))
}
