/** `figure-main.ts LIBRARY REQUEST`: measures one figure, and prints it as a line of JSON. */
import type { DocumentLibrary } from './library.ts';
import { scenario, type ScenarioRequest } from './scenarios.ts';
import { type TextRequest, textFigures } from './text-figures.ts';

const [name = '', text = '{}'] = process.argv.slice(2);
const { library } = (await import(`./${name}.ts`)) as { library: DocumentLibrary };
const request = JSON.parse(text) as TextRequest | ScenarioRequest;
const sample =
  'scenario' in request
    ? scenario(library, request.scenario)
    : textFigures[request.figure]({ library, request });

console.log(JSON.stringify(sample));
