package gen

// This file has stories about speed and other rates.

func travel(s *story) (string, Dec) {
	s.persons("A", "B")
	unit := pick(s.r, [3]string{"km", "hours", "km/h"}, [3]string{"miles", "hours", "mph"}, [3]string{"km",
		"hours", "km per hour"},
		[3]string{"miles", "hours", "miles per hour"}, [3]string{"meters", "seconds", "meters per second"},
		[3]string{"feet", "minutes", "feet per minute"})
	s.set("km", unit[0])
	s.set("hours", unit[1])
	s.set("kmh", unit[2])
	s.set("goes", pick(s.r, "travels", "goes", "moves"))
	v, t := s.count()+1, s.few()
	s.num("v", v)
	s.num("t", t)
	s.num("d", v*t)
	who := pick(s.r, "{A}", "a train", "a car", "a bus", "a ship", "a cyclist", "a truck", "a plane", "a runner",
		"a bird")
	switch s.r.IntN(3) {
	case 0:
		s.note("distance {d}, speed {v}, time ?")
		return pick(s.r,
			who+" {goes} at {v} {kmh}. how many {hours} does it take to [go|cover|travel] {d} {km}?",
			"how [long|many {hours}] does it take "+who+" to [go|travel] {d} {km} at {v} {kmh}?",
		), Int(s.div(v*t, v))
	case 1:
		s.note("distance {d}, time {t}, speed ?")
		return pick(s.r,
			who+" {goes} {d} {km} in {t} {hours}. what is the [average |]speed in {kmh}?",
			"it takes {t} {hours} for "+who+" to [go|cover|travel] {d} {km}. how fast is that in {kmh}?",
		), Int(s.div(v*t, t))
	}
	s.note("speed {v}, time {t}, distance ?")
	return pick(s.r,
		who+" {goes} at {v} {kmh} for {t} {hours}. how many {km} is that?",
		"at a speed of {v} {kmh}{how} far does "+who+" [go|get] in {t} {hours}?",
		"if "+who+" {goes} at {v} {kmh}{how} many {km} is that in {t} {hours}?",
	), Int(s.mul(v, t))
}

// production has something made or used at a steady pace.
func production(s *story) (string, Dec) {
	s.persons("A")
	s.item(things...)
	s.set("minute", pick(s.r, "minute", "hour", "day", "week", "month"))
	rate, n := s.count(), s.few()
	s.num("rate", rate)
	s.num("n", n)
	s.num("all", rate*n)
	who := pick(s.r, "a machine", "a factory", "{A}", "a robot", "a team")
	switch s.r.IntN(4) {
	case 0:
		s.note("all {all}, each {rate}, n ?")
		return who + " [makes|can make|packs] {rate} {items} [per|every] {minute}. " +
				"how many {minute}s [does it take|are needed] for {all} {items}?",
			Int(s.div(rate*n, rate))
	case 1:
		s.note("all {all}, n {n}, each ?")
		return who + " [made|packed] {all} {items} in {n} {minute}s. " +
			"how many {items} is that [per|each|every] {minute}?", Int(s.div(rate*n, n))
	case 2:
		x, y := s.count(), s.count()
		y += (rate - (x+y)%rate) % rate
		s.num("x", x)
		s.num("y", y)
		s.note("all {x}+{y}, each {rate}, n ?")
		return who + " [makes|packs] {rate} {items} [per|each] {minute}. " +
				"it made {x} {items} yesterday and {y} today. how many {minute}s did it work?",
			Int(s.div(s.add(x, y), rate))
	}
	s.note("each {rate}, n {n}, all ?")
	return pick(s.r,
		who+" [makes|can make|packs] {rate} {items} [per|every] {minute}. "+
			"how many {items} [is that|does it make] in {n} {minute}s?",
		"if "+who+" makes {rate} {items} in one {minute}{how} many are made in {n} {minute}s?",
	), Int(s.mul(rate, n))
}

// sameRate goes from a pair of amounts to another by way of one unit.
func sameRate(s *story) (string, Dec) {
	s.persons("A")
	one, a, b := s.few(), s.few(), s.few()
	if a == b {
		b++
	}
	s.num("a", a)
	s.num("b", b)
	s.num("x", one*a)
	s.num("y", one*b)
	s.note("{a}: {x}, {b}: ?")
	s.item(goods...)
	s.noun("thing", "things", pick(s.r, things...))
	s.price("cost", Int(one*a))
	problem := pick(s.r,
		"{a} {items} cost {cost}. how much do {b} {items} cost?",
		"{A} can make {x} {things} in {a} hours. how many {things} can {he} make in {b} hours?",
		"a car uses {a} liters of fuel for {x} km. how far does it go with {b} liters?",
		"{a} boxes hold {x} {things}. how many {things} do {b} boxes hold?",
		"if {a} {items} weigh {x} kg{how} much do {b} {items} weigh?",
		"a machine fills {x} bottles in {a} minutes. at this rate{how} many does it fill in {b} minutes?",
		"{A} reads {x} pages in {a} days. how many pages does {he} read in {b} days at the same pace?")
	return problem, Int(s.mul(s.div(one*a, a), b))
}

// lasting asks how long a stock lasts, or how long something takes in minutes or hours.
func lasting(s *story) (string, Dec) {
	s.persons("A")
	s.item(foods...)
	daily, days := s.few(), s.few()
	switch s.r.IntN(3) {
	case 0:
		minutes := pick[int64](s.r, 10, 15, 20, 30, 45, 60, 90)
		s.num("minutes", minutes)
		s.num("n", days)
		s.set("does", pick(s.r, "practices", "reads", "runs", "walks", "swims"))
		if minutes*days%60 == 0 {
			s.note("each {minutes} min, n {n}, hours ?")
			return "{A} {does} {minutes} minutes a day. how many hours is that in {n} days?",
				Int(s.div(s.mul(minutes, days), 60))
		}
		s.note("each {minutes} min, n {n}, min ?")
		return "{A} {does} {minutes} minutes a day. how many minutes is that in {n} days?", Int(s.mul(minutes, days))
	case 1:
		more := s.few()
		s.num("a", daily)
		s.num("b", more)
		s.num("all", (daily+more)*days)
		s.note("all {all}, each {a}+{b}, n ?")
		return "{A} eats {a} {items} every morning and {b} every evening. how many days do {all} {items} last?",
			Int(s.div((daily+more)*days, s.add(daily, more)))
	}
	s.num("daily", daily)
	s.num("all", daily*days)
	s.note("all {all}, each {daily}, n ?")
	return pick(s.r,
		"{A} eats {daily} {items} a day. how many days will {all} {items} last?",
		"a family bought {all} eggs. if they use {daily} eggs [a|per|each] day{how} many days will the eggs last?",
		"how many days do {all} bottles of water last if {A} drinks {daily} bottles a day?",
	), Int(s.div(daily*days, daily))
}
