package gen

import "strings"

// This file is the stock of words for word problems. A noun with an irregular plural carries it behind a slash.

var (
	women = strings.Fields(`Ada Alice Amelia Amy Ana Anna Asha Ava Bella Beth Carla Carol Chloe Clara Dana Daisy Debby
		Diana Elena Ella Emily Emma Erin Eva Faye Fatima Fiona Gina Grace Haley Hannah Helen Ines Iris Ivy Jane Janet
		Jenny Jessica Joan Julia Karen Kate Katie Kim Lara Laura Lena Lily Linda Lisa Lucy Luna Maria Mary Maya Megan
		Melissa Mia Mina Nadia Nancy Nina Nora Olga Olivia Paige Pam Priya Rachel Rebecca Rosa Ruby Sally Sara Sofia
		Stella Susan Tara Tina Uma Vera Wendy Yuki Zoe`)
	men = strings.Fields(`Aaron Adam Ahmed Alan Alex Ali Andrew Ben Bill Bob Brian Bruno Bryan Carl Carlos Chris Dan
		Daniel Danny Dave David Dmitri Ed Edward Eric Ethan Felix Finn Frank Fred George Greg Hans Harry Henry Hugo Ian
		Igor Isaac Ivan Jack Jake James Jason Jeff Jerry Jim Joe John Jose Juan Karl Kevin Lars Leo Lewis Liam Louis Luis
		Luke Marco Mark Matt Max Mike Nick Noah Oliver Omar Oscar Paco Paul Pedro Peter Philip Ravi Robert Ryan Sam Sean
		Steven Ted Tim Tom Tony Tyler Victor Will Zach`)
	weekdays = strings.Fields("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
)

var (
	foods = strings.Split("apple,banana,cookie,candy,cherry,grape,orange,peach,pear,plum,cupcake,muffin,donut,cracker,"+
		"pretzel,chocolate,lollipop,sandwich,strawberry,cake,pie,egg,lemon,mango,nut,carrot,tomato/tomatoes,"+
		"potato/potatoes,bagel,pancake,skittle,gumdrop,fig,pastry,piece of candy/pieces of candy,slice of "+
		"pizza/slices of pizza", ",")
	things = strings.Split("marble,pencil,pen,crayon,sticker,card,book,toy,coin,stamp,shell,seashell,balloon,button,"+
		"block,ribbon,bead,eraser,ball,game,doll,notebook,bottle cap,action figure,flower,rose,postcard,baseball "+
		"card,magazine,"+
		"ticket,badge,key,puzzle,video game,photo,candle,stone,feather,paper clip,toy "+
		"car,bracelet,hat,shirt,t-shirt,sock,"+
		"cup,plate,bottle,dvd,movie,letter,token,comic "+
		"book,leaf/leaves,penny/pennies,bolt,nail,seed,plant,kite,rubber band,"+
		"folder,pin,necklace", ",")
	anything = append(append([]string{}, foods...), things...)
	goods    = strings.Split("pen,notebook,hat,shirt,book,toy,ticket,burger,sandwich,pizza,cup of coffee/cups "+
		"of coffee,scarf/scarves,"+
		"ball,plant,mug,cake,pie,candle,lamp,plate,chair,bag,belt,tie,pack of cards/packs of cards,bottle of "+
		"juice/bottles of juice,"+
		"t-shirt,candy bar,box of crayons/boxes of crayons,game,dvd,poster,kite,melon,loaf of bread/loaves of "+
		"bread,magazine,"+
		"pack of gum/packs of gum,towel,umbrella,backpack,jar of honey/jars of honey,carton of milk/cartons of "+
		"milk,sticker book", ",")
	containers = strings.Split("box,bag,basket,shelf/shelves,packet,crate,jar,row,pile,tray,pack,package,case,drawer,"+
		"album page,carton,bucket,bin,stack,envelope,container", ",")
	workers = strings.Split("teacher,baker,farmer,shopkeeper,gardener,librarian,coach,chef,artist,florist", ",")
	traits  = strings.Split("red,blue,green,yellow,white,black,pink,brown,small,large,big,old,new,plain,fancy,purple,"+
		"round,square,wooden,plastic,orange,silver,gold,clean,dirty", ",")
	foodTraits  = strings.Fields("sweet salty ripe unripe fresh frozen small large red green yellow sour big cheap")
	peoplePairs = strings.Split("boys/girls,men/women,children/adults,students/teachers,parents/pupils,adults/kids,"+
		"players/fans,dancers/singers,cats/dogs,cows/sheep,chickens/ducks,horses/goats,snakes/alligators,cars/trucks,"+
		"roses/tulips,oak trees/pine trees,bikes/scooters,lions/tigers,pens/pencils,forks/spoons", ",")
	venues = strings.Fields("park school market beach fair zoo library store party playground museum mall garden")
)

// openings are first sentences that tell nothing of use.
var openings = []string{"it was a sunny day.", "winter is almost here.", "school starts next week.", "here is a " +
	"little puzzle.",
	"the holidays are coming.", "everybody was in a good mood.", "the shop on the corner is open.", "it rained " +
		"all morning.",
	"spring has come at last.", "here is a question for you.", "it is the first day of the month.", "please " +
		"help me with this."}

// pluralOf is the regular plural of a noun.
func pluralOf(noun string) string {
	last := noun[len(noun)-1]
	switch {
	case last == 'y' && !strings.ContainsRune("aeiou", rune(noun[len(noun)-2])):
		return noun[:len(noun)-1] + "ies"
	case strings.IndexByte("sxz", last) >= 0, strings.HasSuffix(noun, "ch"), strings.HasSuffix(noun, "sh"):
		return noun + "es"
	}
	return noun + "s"
}

var (
	unitWords = strings.Fields(`zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
		fifteen sixteen seventeen eighteen nineteen`)
	tenWords = strings.Fields("- - twenty thirty forty fifty sixty seventy eighty ninety")
)

// spelled writes a number from 0 to 99 in words.
func spelled(n int64) string {
	if n < 20 {
		return unitWords[n]
	}
	text := tenWords[n/10]
	if n%10 > 0 {
		text += "-" + unitWords[n%10]
	}
	return text
}
