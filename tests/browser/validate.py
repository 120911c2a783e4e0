"""Validates a SCORM manifest against the XSDs in a folder, and proves that it would see a mistake."""
import pathlib
import sys

from lxml import etree

folder, manifest = pathlib.Path(sys.argv[1]), sys.argv[2]
is_12 = "12" in folder.name
names = (
    {"http://www.imsproject.org/xsd/imscp_rootv1p1p2": "imscp_rootv1p1p2.xsd", "http://www.adlnet.org/xsd/adlcp_rootv1p2": "adlcp_rootv1p2.xsd"}
    if is_12
    else {
        "http://www.imsglobal.org/xsd/imscp_v1p1": "imscp_v1p1.xsd",
        "http://www.adlnet.org/xsd/adlcp_v1p3": "adlcp_v1p3.xsd",
        "http://www.imsglobal.org/xsd/imsss": "imsss_v1p0.xsd",
    }
)
imports = "".join(f'<xs:import namespace="{space}" schemaLocation="{(folder / file).as_uri()}"/>' for space, file in names.items())
schema = etree.XMLSchema(etree.XML(f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'))
document = etree.parse(manifest)
schema.assertValid(document)
resource = document.getroot().find(".//{*}resource")
resource.attrib.pop("type")
assert not schema.validate(document), "a resource without a type went through"
print("valid")
