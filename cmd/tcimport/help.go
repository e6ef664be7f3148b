package main

// The texts of --help that are not about one command only. man pages are made of the
// same texts: a line such as "Exit codes:" begins a section there, and indented lines
// are terms, each with its text behind two blanks or below.

const longHelp = `tcimport reads groups (incidents, campaigns, adversaries, reports, ...) and their
associations from CSV or YAML manifests, looks up what ThreatConnect already has,
shows a plan, applies it, and writes a report that maps every object of the
manifests to its ID.

` + environmentHelp + "\n\n" + exitCodes + "\n\n" + filesHelp

const environmentHelp = `Environment:
  TC_API_PATH  base URL, such as https://app.threatconnect.com/api;
               sim: for a simulated instance, sim:FILE for one kept in FILE
  TC_TOKEN, or TC_API_ACCESS_ID and TC_API_SECRET_KEY
               credentials; in TC_TOKEN_FILE, TC_API_ACCESS_ID_FILE and
               TC_API_SECRET_KEY_FILE the name of a file that holds one
  TC_OWNER     default owner
  TCIMPORT_SOME_FLAG
               the flag --some-flag of every command that has it; true, false, 1 or
               0 for switches
  TCIMPORT_DEBUG
               log every request on stderr, without secrets
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY
               proxies, as for other programs
  XDG_STATE_HOME, HOME, LOCALAPPDATA
               where locks lie
  NO_COLOR, TERM
               NO_COLOR=1 and TERM=dumb print without colours
  GITHUB_STEP_SUMMARY
               file to which a plan in markdown is appended, too
  SOURCE_DATE_EPOCH
               date of man pages, in seconds since 1970`

const exitCodes = `Exit codes:
  0  done, or nothing to do
  1  could not start or could not go on: usage, manifest, network
  2  changes pending (plan --detailed-exitcode)
  3  finished, but some objects failed, are in doubt, or were not attempted
  4  refused for safety: stale plan, prune limit, ambiguous match
  5  not allowed: credentials, permission, owner, clock
  6  another run holds the lock
  130, 143  interrupted; the report says what was written`

const filesHelp = `Files:
  tcimport-report.csv
      the report, unless --report names another file: keep it, it maps keys to IDs
  tcimport-NAME.journal
      beside the report, while a run has not done everything: the next run goes on
      from it
  tcimport-NAME.runs
      beside the report: what the last runs have changed, for undo
  tcimport-NAME.applied
      beside the report: which saved plans were carried out
  $XDG_STATE_HOME/tcimport or ~/.local/state/tcimport
      locks, one for each instance and owner`

const manifestHelp = `A MANIFEST is a YAML or CSV file, a folder of such files, or - for standard input
(with --input-format).`
