/**
 * A set-up file of all tests: makes `maxLength: 40` mean lists of up to forty. On its own,
 * fast-check draws at most ten elements, however many are allowed, unless each place adds
 * `size: 'max'`; a property then never meets a second page or a full window, and passes.
 *
 * It runs once for each test file, also where files share the modules of a worker, and sets the
 * same again. What a set-up file of another kind has configured stays.
 */
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), defaultSizeToMaxWhenMaxSpecified: true });
