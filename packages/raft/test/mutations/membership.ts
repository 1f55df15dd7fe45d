import type { Mutation } from './mutation.ts';

/** Of the scenarios about changes of the members: 1 to 3, 25, 27 and 30. */
export const membership: readonly Mutation[] = [
  {
    scenario: '01',
    off: 'no change before an entry of the own term',
    file: 'raft/src/membership.ts',
    search: "return hasCommittedInTerm(state) ? undefined : 'termNotCommitted';",
    replacement: 'return undefined;',
    fails: [
      'two changes on one base never both decide: one added, one removed',
      'two changes on one base never both decide: two added',
      'two changes on one base never both decide: two removed',
    ],
  },
  {
    scenario: '02',
    off: 'a configuration is in force once it is in the log',
    file: 'raft/src/replication.ts',
    search: `    log.append(missing);
    adoptConfiguration(state);`,
    replacement: '    log.append(missing);',
  },
  {
    scenario: '03',
    off: 'a snapshot replaces what is known of the members',
    file: 'raft/src/log.ts',
    search: `    this.#configurations.replace({
      logIndex: snapshot.configurationIndex,
      configuration: snapshot.configuration,
    });`,
    replacement: '',
  },
  {
    scenario: '03',
    off: 'the members of a snapshot are obeyed',
    file: 'raft/src/snapshot.ts',
    search: `      log.install(request.snapshot);
      adoptConfiguration(state);`,
    replacement: '      log.install(request.snapshot);',
  },
  {
    scenario: '25',
    off: 'bytes with two roles for one node are refused',
    file: 'raft/src/codec/configuration.ts',
    search: `  checkRoles(configuration);
  return`,
    replacement: '  return',
    fails: ['nobody is both voter and learner'],
  },
  {
    scenario: '25',
    off: 'a start takes the members from the snapshot',
    file: 'raft/src/recovery.ts',
    search: 'options.configuration ?? started',
    replacement: 'started',
    fails: ['learners are still there after a start from a snapshot'],
  },
  {
    scenario: '25',
    off: 'a node gives the core the members of its snapshot',
    file: 'raft/src/raft-node.ts',
    search: 'configuration: recovered.snapshot?.configuration ?? {',
    replacement: 'configuration: {',
    fails: ['learners are still there after a node started from the snapshot on its disk'],
  },
  {
    scenario: '25',
    off: 'a snapshot is stored with the members of its time',
    file: 'raft/src/node/persistence.ts',
    search: 'snapshotMetadataCodec.encode(configuration)',
    replacement: `snapshotMetadataCodec.encode({
      logIndex: 0,
      configuration: this.#target.startConfiguration,
    })`,
    fails: ['learners are still there after a node started from the snapshot on its disk'],
  },
  {
    scenario: '25',
    off: 'who is no member takes a snapshot too',
    file: 'raft/src/snapshot.ts',
    search: `  if (logIndex > state.commitIndex) {
    // Step 6`,
    replacement: `  const { configuration } = request.snapshot;
  const isNamed = JSON.stringify(configuration).includes(JSON.stringify(state.id));
  if (isNamed && logIndex > state.commitIndex) {
    // Step 6`,
    fails: ['a node takes a snapshot from before it became a member'],
  },
  {
    scenario: '25',
    off: 'nothing is concluded before the configuration is committed',
    file: 'raft/src/membership.ts',
    search: `  const { log, configuration, commitIndex } = state;
  if (log.configurationIndex > commitIndex) return;`,
    replacement: '  const { log, configuration } = state;',
    fails: ['a joint configuration is left once it is committed, and not by any other commit'],
  },
  {
    scenario: '25',
    off: 'a snapshot has the members of its index',
    file: 'raft/src/log.ts',
    search: 'return this.#configurations.at(logIndex);',
    replacement:
      'return logIndex < 0 ? this.#configurations.at(logIndex) : this.#configurations.latest;',
    fails: ['a snapshot has the configuration that was in force at its index'],
  },
  {
    scenario: '27',
    off: 'who hears a leader gives no pre-vote',
    file: 'raft/src/election.ts',
    search: `    !mustNotElect(state, from) &&
    !isOwnBetter;`,
    replacement: '    !isOwnBetter;',
    fails: ['who has the entry that removes it, and not its commit, disturbs nobody'],
  },
  {
    scenario: '27',
    off: 'a vote is not even heard while the leader is well',
    file: 'raft/src/raft.ts',
    search: 'if (message.isTransfer !== true && mustNotElect(raft, from)) return false;',
    replacement: '',
    fails: ['a vote that a removed server asks for in a high term is not even heard'],
  },
  {
    scenario: '27',
    off: 'answers of strangers are dropped',
    file: 'raft/src/raft.ts',
    search: 'if (isHeard(raft, input.from, input.message)) onReceive',
    replacement: 'onReceive',
    fails: ['what a removed server answers deposes nobody'],
  },
  {
    scenario: '30',
    off: 'learners give pre-votes',
    file: 'raft/src/election.ts',
    search: `    request.term > state.currentTerm &&
    state.promised === undefined &&`,
    replacement: `    request.term > state.currentTerm &&
    hasSeat(state) &&
    state.promised === undefined &&`,
  },
  {
    scenario: '30',
    off: 'learners give votes',
    file: 'raft/src/election.ts',
    search: `    request.term === term &&
    isFree &&`,
    replacement: `    request.term === term &&
    hasSeat(state) &&
    isFree &&`,
  },
];
