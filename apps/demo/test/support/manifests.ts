import { readFileSync } from 'node:fs';

import { validate as isStatefulSet } from 'kubernetes-models/_schemas/IoK8sApiAppsV1StatefulSet';
import { validate as isService } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Service';
import * as budgets from 'kubernetes-models/_schemas/IoK8sApiPolicyV1PodDisruptionBudget';
import { parseAllDocuments } from 'yaml';

/** A manifest as it is written. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** A compiled JSON schema, which leaves behind what it found. */
type Validator = ((data: unknown) => boolean) & {
  readonly errors?: readonly { readonly instancePath: string; readonly keyword: string }[] | null;
};

const validators: Readonly<Record<string, Validator>> = {
  'v1 Service': isService,
  'policy/v1 PodDisruptionBudget': budgets.validate,
  'apps/v1 StatefulSet': isStatefulSet,
};

/** The text of a file in deploy/. */
export function deployFile(name: string): string {
  return readFileSync(new URL(`../../deploy/${name}`, import.meta.url), 'utf8');
}

/** All documents of a YAML file. @throws Error at a mistake of YAML, such as a repeated key. */
export function manifestsOf(text: string): readonly Manifest[] {
  return parseAllDocuments(text).map((document) => {
    const [mistake] = [...document.errors, ...document.warnings];
    if (mistake !== undefined) throw mistake;
    return document.toJS() as Manifest;
  });
}

/** What of a manifest does not fit the schema of Kubernetes, fields unknown to it included. */
export function findingsOf(manifest: Manifest): readonly string[] {
  const name = `${manifest.apiVersion} ${manifest.kind}`;
  const validator = validators[name];
  if (validator === undefined) return [`no schema here for ${name}`];
  const unread = new Set<string>();
  validator(watched(manifest, '', unread));
  const errors = (validator.errors ?? []).map(({ instancePath, keyword }) => {
    return `${instancePath}: ${keyword}`;
  });
  return [...errors, ...[...unread].map((path) => `${path}: no such field`)];
}

/**
 * `value`, and `unread` has the paths of its fields until somebody reads them: a schema asks for
 * all fields that it knows, and for all there are where any name will do.
 */
function watched(value: unknown, path: string, unread: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const key of Object.keys(value)) unread.add(`${path}/${key}`);
  return new Proxy(value, {
    get: (target, key) => {
      const field: unknown = Reflect.get(target, key);
      if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return field;
      unread.delete(`${path}/${key}`);
      return watched(field, `${path}/${key}`, unread);
    },
  });
}
