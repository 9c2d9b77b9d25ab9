// check_csaf.mjs FOLDER FILE: what csaf-validator-lib, installed in FOLDER, says of
// a CSAF document: the schema, every mandatory test of CSAF 2.0 chapter 6.1,
// and, told apart, the optional ones.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const [, , folder, file] = process.argv
const library = resolve(folder,
  'node_modules/@secvisogram/csaf-validator-lib')
const load = (name) => import(pathToFileURL(`${library}/${name}.js`).href)

const { default: validate } = await load('validate')
const schema = await load('schemaTests')
const mandatory = await load('mandatoryTests')
const optional = await load('optionalTests')
const document = JSON.parse(readFileSync(file, 'utf8'))

const required = await validate(
  [schema.csaf_2_0_strict, ...Object.values(mandatory)], document)
for (const test of required.tests)
  for (const error of test.errors)
    console.log('error', test.name, error.instancePath, error.message)
const advised = await validate(Object.values(optional), document)
for (const test of advised.tests)
  for (const note of [...test.errors, ...test.warnings].slice(0, 1))
    console.log('warning', test.name, note.instancePath, note.message)
console.log('tests', required.tests.length)
process.exit(required.isValid && required.tests.length > 30 ? 0 : 1)
