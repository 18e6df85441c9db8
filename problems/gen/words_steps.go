package gen

import "strings"

// This file has stories of ratios and fractions, and those that take two or three different steps.

func ratioParts(s *story) (string, Dec) {
	one, other, _ := strings.Cut(pick(s.r, peoplePairs...), "/")
	a, b, k := 1+s.r.Int64N(9), 1+s.r.Int64N(9), s.few()
	if a == b {
		b++
	}
	s.set("k1", one)
	s.set("k2", other)
	s.figures("a", a)
	s.figures("b", b)
	s.num("p", a*k)
	s.num("all", (a+b)*k)
	if s.r.IntN(2) == 0 {
		s.note("{k1}:{k2}={a}:{b}, {k1} {p}, {k2} ?")
		return "the ratio of {k1} to {k2} is {a}:{b}. there are {p} {k1}. how many {k2} are there?",
			Int(s.mul(s.div(a*k, a), b))
	}
	s.note("{k1}:{k2}={a}:{b}, all {all}, {k1} ?")
	return "[the ratio of {k1} to {k2} is {a}:{b}|the {k1} and {k2} are in the ratio {a} to {b}]. " +
		"there are {all} {k1} and {k2} [altogether|in all]. " +
		"how many {k1} are there?", Int(s.mul(s.div((a+b)*k, s.add(a, b)), a))
}

// fraction makes {part} stand for a fraction n/d below 1.
func (s *story) fraction() (n, d int64) {
	d = pick[int64](s.r, 2, 2, 2, 3, 3, 4, 4, 5, 6, 8, 10)
	n = 1
	if s.r.IntN(3) == 0 {
		n = pick(s.r, 1, d-1)
	}
	text := digits(n) + "/" + digits(d)
	s.noted = append(s.noted, "{part}", text)
	named := map[string]string{"1/2": "half", "1/3": "a third", "2/3": "two thirds", "1/4": "a quarter",
		"3/4": "three quarters", "1/5": "a fifth"}
	if name := named[text]; name != "" && s.r.IntN(2) == 0 {
		text = name
	}
	s.told = append(s.told, "{part}", text)
	return n, d
}

// share calculates n/d of a number that d divides.
func (s *story) share(whole, n, d int64) int64 {
	part := s.div(whole, d)
	if n > 1 {
		part = s.mul(part, n)
	}
	return part
}

func fractionOf(s *story) (string, Dec) {
	s.persons("A", "B")
	s.item(anything...)
	n, d := s.fraction()
	whole := d * s.few()
	s.num("whole", whole)
	switch s.r.IntN(3) {
	case 0:
		s.note("{part} of {whole}")
		return "[what is|what's|find] {part} of {whole}?", Int(s.share(whole, n, d))
	case 1:
		s.note("{part} of {whole}")
		return pick(s.r,
			"{A} has {whole} {items}. {he} gives {part} of them to {B}. how many {items} does {B} get?",
			"{part} of the {whole} {items} in a shop are sold. how many are sold?",
		), Int(s.share(whole, n, d))
	}
	s.note("had {whole}, out {part}, now ?")
	part := s.share(whole, n, d)
	return pick(s.r,
		"{A} had {whole} {items} and [sold|lost|gave away|used] {part} of them. how many {items} are left?",
		"{A} [sold|lost|used] {part} of {his} {whole} {items}. how many does {he} still have?",
	), Int(s.sub(whole, part))
}

// recipe scales an amount.
func recipe(s *story) (string, Dec) {
	s.persons("A")
	a, k, x := s.few(), s.few(), s.few()
	s.num("a", a)
	s.num("b", a*k)
	s.num("x", x)
	s.num("y", x*k)
	s.set("cake", pick(s.r, "pancakes", "cookies", "muffins", "servings", "rolls"))
	s.set("flour", pick(s.r, "cups of flour", "eggs", "spoons of sugar", "cups of milk", "grams of butter"))
	if s.r.IntN(2) == 0 {
		s.note("{x}: {a}, ?: {b}")
		return "a recipe uses {x} {flour} for {a} {cake}. how many {flour} are needed for {b} {cake}?",
			Int(s.mul(s.div(a*k, a), x))
	}
	s.note("{x}: {a}, {y}: ?")
	return "{A} can make {a} {cake} with {x} {flour}. how many {cake} can {he} make with {y} {flour}?",
		Int(s.mul(s.div(x*k, x), a))
}

// twiceTotal puts together a number and a multiple or half of it.
func twiceTotal(s *story) (string, Dec) {
	s.persons("A")
	s.item(anything...)
	s.days("d1", "d2")
	k, n := 2+s.r.Int64N(3), s.count()
	s.set("times", map[int64]string{2: "twice", 3: "three times", 4: "four times"}[k])
	s.num("k", k)
	s.set("did", pick(s.r, "sold", "made", "picked", "found", "bought", "counted", "packed"))
	if s.r.IntN(3) == 0 {
		s.num("n", 2*n)
		s.note("{d1} {n}, {d2} half, all ?")
		return "{A} {did} {n} {items} on {d1} and half as many on {d2}. " +
			"how many is that [altogether|in all|in total]?", Int(s.add(2*n, s.div(2*n, 2)))
	}
	s.num("n", n)
	s.note("{d1} {n}, {d2} {k}*{d1}, all ?")
	return pick(s.r,
		"{A} {did} {n} {items} on {d1} and {times} as many on {d2}. "+
			"how many {items} is that [altogether|in all|in total]?",
		"on {d1} {A} {did} {n} {items}. on {d2} {he} {did} {times} that number. what is the total?",
	), Int(s.add(n, s.mul(n, k)))
}

// weekly multiplies twice.
func weekly(s *story) (string, Dec) {
	s.persons("A")
	s.item(anything...)
	a, b, c := s.few(), 2+s.r.Int64N(6), 2+s.r.Int64N(9)
	s.num("a", a)
	s.num("b", b)
	s.num("c", c)
	s.price("pay", Int(a))
	s.note("{a}, *{b}, *{c}")
	return pick(s.r,
		"{A} earns {pay} an hour. {he} works {b} hours a day. how much does {he} earn in {c} days?",
		"{A} writes {a} pages to {b} friends every week. how many pages is that in {c} weeks?",
		"a school has {c} floors with {b} rooms each, and every room has {a} desks. how many desks are there?",
		"{A} has {c} boxes. each box has {b} bags, and each bag has {a} {items}. how many {items} is that?",
		"a garden has {b} rows of {c} plants. each plant bears {a} {items}. how many {items} are there?",
		"{A} drinks {a} cups of tea {b} times a day. how many cups is that in {c} days?",
	), Int(s.mul(s.mul(a, b), c))
}

// pagesLeft takes two amounts from a whole, the second one told by the first.
func pagesLeft(s *story) (string, Dec) {
	s.persons("A")
	first, k := s.count(), 2+s.r.Int64N(2)
	rest := s.count()
	all := first + k*first + rest
	s.num("all", all)
	s.num("first", first)
	s.num("k", k)
	s.set("times", map[int64]string{2: "twice", 3: "three times"}[k])
	s.note("all {all}, out {first}, out {k}*{first}, now ?")
	problem := pick(s.r,
		"a book has {all} pages. {A} read {first} pages yesterday and {times} as many today. how many pages are left?",
		"{A} had a rope of {all} meters. {he} cut off {first} meters and then {times} as much. "+
			"how many meters are left?",
		"{A} has to drive {all} km. {he} drove {first} km on the first day and {times} as far on the second. "+
			"how many km remain?",
		"there were {all} seats. {first} were sold on Monday and {times} as many on Tuesday. how many are still free?")
	second := s.mul(first, k)
	return problem, Int(s.sub(s.sub(all, first), second))
}

// packsLeft has packs of which some are used every day.
func packsLeft(s *story) (string, Dec) {
	s.persons("A")
	s.item(anything...)
	packs, each, days := s.few(), s.few(), s.few()
	daily := max(1, packs*each/(days+1))
	if daily*days > packs*each {
		days = 1 + packs*each/(2*daily)
	}
	s.num("packs", packs)
	s.num("each", each)
	s.num("days", days)
	s.num("daily", daily)
	s.note("had {packs}*{each}, out {daily}*{days}, now ?")
	return pick(s.r,
		"{A} [bought|has] {packs} packs of {each} {items}. {he} uses {daily} a day. "+
			"how many {items} are left after {days} days?",
		"{A} bakes {packs} trays of {each} {items} and gives {daily} to each of {days} neighbors. "+
			"how many {items} are left?",
	), Int(s.sub(s.mul(packs, each), s.mul(daily, days)))
}

// saving asks how long it takes to save up for something.
func saving(s *story) (string, Dec) {
	s.persons("A")
	s.item(goods...)
	weekly, weeks, has := s.few(), s.few(), s.count()
	s.price("cost", Int(weekly*weeks+has))
	s.price("has", Int(has))
	s.price("weekly", Int(weekly))
	s.set("week", pick(s.r, "week", "day", "month"))
	s.note("cost {cost}, has {has}, each {weekly}, n ?")
	return "{A} wants to buy {a item} for {cost}. {he} has {has} and saves {weekly} [a|every|per] {week}. " +
			"how many {week}s does {he} need?",
		Int(s.div(s.sub(weekly*weeks+has, has), weekly))
}

// partAway takes a fraction away, and then a number.
func partAway(s *story) (string, Dec) {
	s.persons("A", "B")
	s.item(anything...)
	n, d := s.fraction()
	whole := d * (1 + s.few())
	rest := whole - whole/d*n
	out := s.some(rest)
	s.num("whole", whole)
	s.num("out", out)
	s.note("had {whole}, out {part}, out {out}, now ?")
	problem := pick(s.r,
		"{A} had {whole} {items}. {he} gave {part} of them to {B} and [lost|kept apart|sold] {out} more. "+
			"how many {items} does {A} have left?",
		"a shop had {whole} {items}. it sold {part} of them in the morning and {out} in the afternoon. "+
			"how many are left?",
		"of {whole} {items}, {part} were used and then {out} more. how many remain?")
	part := s.share(whole, n, d)
	return problem, Int(s.sub(s.sub(whole, part), out))
}

// dozens counts in dozens, weeks and the like.
func dozens(s *story) (string, Dec) {
	s.persons("A")
	s.item(foods...)
	n := 1 + s.few()
	s.num("n", n)
	if s.r.IntN(2) == 0 {
		out := s.some(12 * n)
		s.num("out", out)
		s.note("had {n}*12, out {out}, now ?")
		return "{A} [bought|baked|had] {n} dozen {items} and [ate|sold|gave away] {out}[| of them]. " +
			"how many {items} are left?", Int(s.sub(s.mul(n, 12), out))
	}
	each := s.few()
	s.num("each", each)
	unit := pick(s.r, [3]string{"day", "weeks", "7"}, [3]string{"month", "years", "12"}, [3]string{"hour",
		"days", "24"}, [3]string{"minute", "hours", "60"})
	s.set("day", unit[0])
	s.set("weeks", unit[1])
	s.set("size", unit[2])
	size := map[string]int64{"7": 7, "12": 12, "24": 24, "60": 60}[unit[2]]
	s.note("each {each}, n {n}*{size}, all ?")
	return "{A} [makes|packs|sells] {each} {items} [a|every|per] {day}. " +
		"how many {items} is that in {n} {weeks}?", Int(s.mul(s.mul(n, size), each))
}

// shareTotal puts amounts together and shares them equally.
func shareTotal(s *story) (string, Dec) {
	s.persons("A", "B")
	s.item(anything...)
	n, a, b := 2+s.r.Int64N(7), s.count(), s.count()
	b += (n - (a+b)%n) % n
	s.num("n", n)
	s.num("a", a)
	s.num("b", b)
	s.note("all {a}+{b}, groups {n}, each ?")
	return pick(s.r,
		"{A} has {a} {items} and {B} has {b}. they put them together and share them equally among {n} children. "+
			"how many does each child get?",
		"{A} picked {a} {items} in the morning and {b} in the afternoon. {he} packed them into {n} equal bags. "+
			"how many {items} are in each bag?",
		"{a} boys and {b} girls form {n} equal teams. how many children are in each team?",
	), Int(s.div(s.add(a, b), n))
}
