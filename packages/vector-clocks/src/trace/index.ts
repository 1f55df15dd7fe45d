/**
 * Traces of what happened before what, for people: ShiViz logs and Lamport diagrams.
 *
 * @packageDocumentation
 */
export { type CausalGraph, causalGraph, type PlacedEvent } from './causal-graph.ts';
export { lamportDiagram, type LamportDiagramOptions } from './lamport-diagram.ts';
export { shiVizLog, shiVizPattern } from './shiviz.ts';
export type { TraceEvent } from './trace-event.ts';
export { TraceRecorder, type TraceRecorderOptions } from './trace-recorder.ts';
