package apply

// state says what to do next with some entries of a write.
type state string

// These states send a request.
const (
	creating          state = "create"           // the group with all entries of the first request
	creatingBare      state = "create bare"      // the group with its fields only
	updating          state = "update"           // entries of a group that exists
	changingAttribute state = "change attribute" // one attribute, in place
	deleting          state = "delete"           // the group
)

// These states read what earlier requests have done.
const (
	findingEarlier   state = "find, earlier run" // the group that an earlier run may have created
	findingLost      state = "find, in doubt"    // the group, after a create without an answer
	findingExisting  state = "find, exists"      // the group, after the instance said that it exists
	findingRefused   state = "find, refused"     // the group, after a refused create: it may exist all the same
	findingInJob     state = "find, job"         // the group, after the job that was to create it
	resuming         state = "resume"            // the entries, after an earlier run or a create in doubt
	readingUpdate    state = "read update"       // the entries, after an update without an answer
	readingAttribute state = "read attribute"    // the attribute, after a change without an answer
	readingDeleted   state = "read deleted"      // the group, after a delete without an answer
	dividing         state = "divide"            // nothing: the refused create is the answer
	checkingPart     state = "check part"        // one part of a refused update
)

// answerKind is what an answer means for a write.
type answerKind int

// The answers to requests. An inDoubt answer leaves open whether the instance has
// carried out the request.
const (
	succeeded answerKind = iota
	refused              // this request only, and for good
	gone                 // the object does not exist
	exists               // the object exists already
	inDoubt              // it is unknown whether the request took effect
	unsent               // it had no effect, and other requests would end the same way: no network, stopped
	denied               // no request can succeed: wrong credentials, or the API is off
)

// More answers. For states that read, succeeded means that all entries have
// arrived.
const (
	otherOwner answerKind = iota + denied + 1 // a create found the xid in another owner
	incomplete                                // some entries have not arrived
	unreadable                                // reading failed
)

// answerNames are the columns of the table in docs/architecture.md.
var answerNames = []struct {
	kind answerKind
	name string
}{
	{succeeded, "ok"}, {incomplete, "incomplete"}, {inDoubt, "in doubt"}, {refused, "refused"}, {exists, "exists"}, {gone, "gone"},
	{otherOwner, "other owner"}, {unreadable, "unreadable"}, {unsent, "not sent"}, {denied, "denied"},
}

// move is what follows on an answer.
type move string

// The moves. Those of the second block end the write.
const (
	accept     move = "accept"      // the entries have arrived
	look       move = "look"        // find out what the request has done
	resend     move = "send again"  // send the entries that are missing, at most maxTries times
	sendNow    move = "send now"    // write the entries
	sendLast   move = "send last"   // write the entries after all other requests
	adopt      move = "adopt"       // the group exists: write what it lacks
	takeOver   move = "take over"   // a job has created the group: write what it lacks
	resume     move = "resume"      // the group exists: read which entries it lacks
	createBare move = "create bare" // create the group with its fields only, then divide the rest
	drop       move = "drop"        // leave out the optional fields that the refusal names
	halve      move = "halve"       // send each half of the entries; a single entry is rejected
	reject     move = "reject"      // the instance refuses this entry

	fail         move = "fail"           // the action has failed
	xidTaken     move = "xid taken"      // failed: another group has the xid
	deletedSince move = "deleted since"  // failed: the group was deleted after the plan was made
	giveUp       move = "give up"        // failed: it is unknown which entry is refused
	leaveInDoubt move = "leave in doubt" // the result is unknown
	stopRun      move = "stop run"       // the request was not sent, or the instance denies all of them
)

// transitions is the life of a write. A state cannot get an answer that has no
// move here.
var transitions = map[state]map[answerKind]move{
	creating:          {succeeded: accept, inDoubt: look, refused: look, exists: look, gone: look, otherOwner: fail, unsent: stopRun, denied: stopRun},
	creatingBare:      {succeeded: accept, inDoubt: look, refused: drop, exists: look, gone: drop, otherOwner: fail, unsent: stopRun, denied: stopRun},
	updating:          {succeeded: accept, inDoubt: look, refused: halve, exists: halve, gone: deletedSince, unsent: stopRun, denied: stopRun},
	changingAttribute: {succeeded: accept, inDoubt: look, refused: reject, exists: reject, gone: reject, unsent: stopRun, denied: stopRun},
	deleting:          {succeeded: accept, inDoubt: look, refused: fail, exists: fail, gone: accept, unsent: stopRun, denied: stopRun},

	findingEarlier:   {succeeded: resume, gone: sendNow, unreadable: leaveInDoubt},
	findingLost:      {succeeded: adopt, gone: resend, unreadable: leaveInDoubt},
	findingExisting:  {succeeded: adopt, gone: xidTaken, unreadable: leaveInDoubt},
	findingRefused:   {succeeded: adopt, gone: createBare, unreadable: leaveInDoubt},
	findingInJob:     {succeeded: takeOver, unreadable: leaveInDoubt},
	resuming:         {succeeded: accept, incomplete: sendLast, gone: deletedSince, unreadable: leaveInDoubt},
	readingUpdate:    {succeeded: accept, incomplete: resend, unreadable: leaveInDoubt},
	readingAttribute: {succeeded: accept, incomplete: resend, unreadable: leaveInDoubt},
	readingDeleted:   {succeeded: accept, incomplete: resend, unreadable: leaveInDoubt},
	dividing:         {refused: halve},
	checkingPart:     {succeeded: accept, incomplete: sendNow, unreadable: giveUp},
}
