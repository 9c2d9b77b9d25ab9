"""check_cyclonedx.py FILE: what cyclonedx-python-lib says of a CycloneDX 1.6
document: its strict schema, and that it reads into the library's model."""
import json
import sys

from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

text = open(sys.argv[1], encoding="utf-8").read()
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
if error is not None:
    print(str(error)[:1000])
    sys.exit(1)
data = json.loads(text)
bom = Bom.from_json(data)
got, want = len(bom.vulnerabilities), len(data["vulnerabilities"])
if got != want:
    print("%d vulnerabilities of %d were read" % (got, want))
    sys.exit(1)
refs = set()


def walk(components):
    for component in components:
        refs.add(str(component.bom_ref))
        walk(component.components)


walk(bom.components)
missing = [t.ref for v in bom.vulnerabilities for t in v.affects
           if t.ref not in refs]
if missing:
    print("affects %s, which is no component" % missing[0])
    sys.exit(1)
print(got)
