"""砚坪县: behind 瑞数: every answer is a 412 whose page is an obfuscated script."""

from tests.sites import Reply, Site
from tests.sites.shells import gated

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><meta content="qZ8kYtXb3vW1" r='m'>
<script type="text/javascript" r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};
$_ts.nsd=41372;$_ts.cd="qhqmqAqqrGqnc";
(function(){var _$a1=0,_$bq=[[4,0,9],[7,2]];function _$kD(_$a1,_$cW){return _$bq[_$a1][_$cW];}_$kD(0,1);})();
</script></head><body></body></html>"""
HEADERS = {"Set-Cookie": "FSSBBIl1UgzbN7N80S=60abcDEF; path=/; HttpOnly"}


def make() -> Site:
    return gated("砚坪县", "990309", lambda asked: Reply(PAGE, 412, "text/html; charset=utf-8", HEADERS))
