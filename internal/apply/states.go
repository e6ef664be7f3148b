package apply

// state says what is to be done next with some entries of a write.
type state string

// The states in which a request is written …
const (
	creating     state = "create"      // the group with all that goes along
	creatingBare state = "create bare" // the group with its fields alone
	updating     state = "update"      // entries of a group that exists
	setting      state = "set"         // an attribute in place
	deleting     state = "delete"      // the group
)

// … and those in which it is found out what became of one.
const (
	findingEarlier  state = "find, earlier run" // the group that an earlier run may have made
	findingLost     state = "find, in doubt"    // … that a create without an answer may have made
	findingExisting state = "find, exists"      // … that has the xid already
	findingRefused  state = "find, refused"     // … that a create which was refused may have made
	resuming        state = "resume"            // what an earlier write, or a create, has left undone
	readingBack     state = "read back"         // an update in doubt
	readingSet      state = "read back set"     // a change in place in doubt
	readingDeleted  state = "read back delete"  // a delete in doubt
	dividing        state = "divide"            // what goes along with a group of which the whole was refused
	halving         state = "half"              // a half of an update that was refused
)

// The answers beside those of requests. None means of a look that all is there.
const (
	lacking Failure = iota + Denied + 1 // something is not there
	unread                              // it could not be seen

	foreign // of a create: it names a group of another owner
)

// answers are all of them, as the table has them.
var answers = []struct {
	is   Failure
	name string
}{{None, "ok"}, {lacking, "lacks some"}, {Doubt, "in doubt"}, {Refused, "refused"}, {Exists, "exists"}, {Gone, "gone"},
	{foreign, "another's"},
	{unread, "unread"}, {Unsent, "unsent"}, {Denied, "denied"}}

// move is what follows on an answer.
type move string

// The moves. Those of the last block end the write.
const (
	accept move = "accept" // its entries have arrived
	settle move = "settle" // look what became of it
	again  move = "again"  // send what is missing once more, at most maxTries times
	send   move = "send"   // write it now
	later  move = "later"  // write it once all has been looked at
	adopt  move = "adopt"  // the group is there: write what it lacks
	resume move = "resume" // the group is there: look what all requests have left undone
	bare   move = "bare"   // make the group alone, and divide the rest
	drop   move = "drop"   // leave out the fields that are sent by way of trial
	halve  move = "halve"  // send it in halves; one entry alone is at fault
	blame  move = "blame"  // this entry is at fault

	fail   move = "fail"    // the action has failed
	absent move = "absent"  // it has failed: something else has the xid
	vanish move = "vanish"  // it has failed: the group was deleted meanwhile
	giveUp move = "give up" // it has failed: what is at fault cannot be found out
	leave  move = "leave"   // it is in doubt
	stop   move = "stop"    // it was not sent, or is denied: the run ends
)

// transitions are the whole of the life of a write. An answer that a state cannot
// get has no move.
var transitions = map[state]map[Failure]move{
	creating:     {None: accept, Doubt: settle, Refused: settle, Exists: settle, Gone: settle, foreign: fail, Unsent: stop, Denied: stop},
	creatingBare: {None: accept, Doubt: settle, Refused: drop, Exists: settle, Gone: drop, foreign: fail, Unsent: stop, Denied: stop},
	updating:     {None: accept, Doubt: settle, Refused: halve, Exists: halve, Gone: vanish, Unsent: stop, Denied: stop},
	setting:      {None: accept, Doubt: settle, Refused: blame, Exists: blame, Gone: blame, Unsent: stop, Denied: stop},
	deleting:     {None: accept, Doubt: settle, Refused: fail, Exists: fail, Gone: accept, Unsent: stop, Denied: stop},

	findingEarlier:  {None: resume, Gone: send, unread: leave},
	findingLost:     {None: adopt, Gone: again, unread: leave},
	findingExisting: {None: adopt, Gone: absent, unread: leave},
	findingRefused:  {None: adopt, Gone: bare, unread: leave},
	resuming:        {None: accept, lacking: later, Gone: vanish, unread: leave},
	readingBack:     {None: accept, lacking: again, unread: leave},
	readingSet:      {None: accept, lacking: again, unread: leave},
	readingDeleted:  {None: accept, lacking: again, unread: leave},
	dividing:        {Refused: halve},
	halving:         {None: accept, lacking: send, unread: giveUp},
}
