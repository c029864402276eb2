"""Numbers and codes that name a person: their shapes, and the words that must stand before them.

Knows nothing of names of persons and of addresses, and nothing of what becomes of a finding.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .checks import (
    Judge,
    account_name,
    address_of_machine,
    always,
    card,
    document,
    identity_15,
    identity_18,
    link,
    mobile,
    other_account,
    plate,
    reference_code,
    unless_labelled,
    with_word,
)
from .kinds import Candidate, Grade, Kind
from .normalise import with_digits

_SIGN = r"[是为叫搜:=(\"“「\s]{0,4}"  # what stands between such a word and its value
_BETWEEN = "[ .·_-]{0,2}"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_PASSPORT_WORD = re.compile(r"护照|passport", re.I)
_PERMIT_WORD = re.compile(r"回乡证|通行证|居住证|居留证|永居|台胞证|返乡证", re.I)


@dataclass(frozen=True)
class Recogniser:
    """Finds one kind of value: the group `v` of `pattern`, where `judge` gives it a grade."""

    name: str
    kind: Kind
    pattern: re.Pattern[str]
    judge: Judge
    spelled: bool = False  # looks also at numbers written in Chinese numerals, never surer than MEDIUM

    def candidates(self, text: str) -> Iterator[Candidate]:
        view = with_digits(text) if self.spelled else text
        for match in self.pattern.finditer(view):
            grade = self.judge(match)
            if grade is not None:
                start, end = match.span("v")
                if grade is Grade.HIGH and view[start:end] != text[start:end]:
                    grade = Grade.MEDIUM
                yield Candidate(start, end, self.kind, grade, "pattern")


_MESSENGER = (r"微信|威信|薇信|徽信|维信|(?<![A-Za-z])(?:vx|wx|wechat|weixin)|[Vv]信|[Vv]❤|加[Vv]|加微|"
              r"[\u4e00-\u9fff][Vv](?=\s?:)")
_SERVICES = (
    r"抖音|快手|小红书|支付宝|钉钉|微博|陌陌|淘宝|闲鱼|游戏|用户名|登录名|网名|账号|帐号|账户|"
    r"(?<![A-Za-z])ID"
)
_DOCUMENTS = (
    r"身份证|护照|驾驶证|驾照|行驶证|居住证|军官证|士兵证|社保卡|医保卡|学生证|工作证|通行证|户口[本簿]|"
    r"出生(?:医学)?证明?|结婚证|离婚证|残疾证|暂住证|资格证|证件"
)

RECOGNISERS = (
    Recogniser("identity number, 18", Kind.ID, re.compile(
        rf"(?<![0-9])(?=(?P<v>[0-9](?:{_BETWEEN}[0-9]){{16}}{_BETWEEN}[0-9Xx]))"), identity_18, spelled=True),
    Recogniser("identity number, 15", Kind.ID, re.compile(
        r"(?<![0-9A-Za-z])(?P<v>[0-9]{15})(?![0-9A-Za-z])"), identity_15, spelled=True),
    Recogniser("number half hidden", Kind.ID, re.compile(
        r"(?<![0-9*])(?P<v>[0-9]{3,6}[*×xX]{4,14}[0-9]{1,4}[0-9Xx])(?![0-9])"), always(Grade.MEDIUM)),
    Recogniser("document number", Kind.ID, re.compile(
        rf"(?:{_DOCUMENTS})(?:号码?|编号|档案编号|字第|字号|字)?{_SIGN}"
        r"(?P<v>[A-Za-z]{0,3}[0-9]{6,20}[Xx]?)(?![0-9A-Za-z])"), document, spelled=True),
    Recogniser("passport", Kind.PASSPORT, re.compile(
        r"(?<![0-9A-Za-z])(?P<v>E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|[GDSP][0-9]{8}|(?:PE|SE|DE)[0-9]{7})(?![0-9A-Za-z])",
        re.I), with_word(_PASSPORT_WORD)),
    Recogniser("passport after its word", Kind.PASSPORT, re.compile(
        rf"(?:护照|passport)(?:号码?|number|no\.?)?{_SIGN}(?P<v>[A-Z]{{0,2}}[0-9]{{7,9}})(?![0-9A-Za-z])",
        re.I), always(Grade.HIGH)),
    Recogniser("permit", Kind.ID, re.compile(
        r"(?<![0-9A-Za-z])(?P<v>[HM][0-9]{8}(?:[0-9]{2})?|[CW][0-9A-Z][0-9]{7}|[A-Z]{3}[0-9]{12})(?![0-9A-Za-z])",
        re.I), with_word(_PERMIT_WORD)),
    Recogniser("Taiwan permit", Kind.ID, re.compile(
        rf"(?:台胞证|台湾[\u4e00-\u9fff]{{0,8}}通行证)(?:号码?)?{_SIGN}(?P<v>[0-9]{{8}}(?:[0-9]{{2}})?)(?![0-9])"),
        always(Grade.HIGH)),
    Recogniser("mobile telephone", Kind.PHONE, re.compile(
        rf"(?<![0-9])(?=(?P<v>(?:(?:\+|00)?86{_BETWEEN})?1{_BETWEEN}[3-9](?:{_BETWEEN}[0-9]){{9}}))"),
        mobile, spelled=True),
    Recogniser("landline", Kind.PHONE, re.compile(
        r"(?<![0-9])(?P<v>\(?(?:010|02[0-9]|0[3-9][0-9]{2}|0000)\)?[ ·_-]{0,2}[2-8][0-9]{2,3}[ -]?[0-9]{4}"
        r"(?:(?:转|-|分机|ext\.?) ?[0-9]{1,6})?)(?![0-9])", re.I),
        unless_labelled(Grade.HIGH), spelled=True),
    Recogniser("local telephone", Kind.PHONE, re.compile(
        r"(?:电话|座机|固话|传真|号码|致电|拨打|拨|打到|小灵通|呼叫|\btel|\bphone)[^0-9\n,。;!?\x1f]{0,6}"
        r"(?P<v>[2-8][0-9]{2,3}[ -]?[0-9]{4}|[2-8][0-9]{3}[ -][0-9]{3})(?![0-9])", re.I),
        always(Grade.MEDIUM), spelled=True),
    Recogniser("short telephone", Kind.PHONE, re.compile(
        rf"(?:短号|小号|分机号?){_SIGN}(?P<v>[0-9]{{3,6}})(?![0-9])"), always(Grade.MEDIUM)),
    Recogniser("bank card", Kind.BANK, re.compile(
        r"(?<![0-9A-Za-z])(?=(?P<v>(?:6[ -]?[02]|5[ -]?[1-58]|4|3[ -]?[57]|9)(?:[ -]{0,2}[0-9]){11,17})"
        r"(?![0-9]))"),
        card, spelled=True),
    Recogniser("bank account after its word", Kind.BANK, re.compile(
        rf"(?:账号|帐号|账户|帐户|卡号|存折)(?:号码?)?{_SIGN}(?P<v>[0-9](?:[ -]?[0-9]){{11,21}})(?![0-9])"),
        always(Grade.MEDIUM), spelled=True),
    Recogniser("reference code", Kind.ACCOUNT, re.compile(
        r"(?<![0-9A-Za-z])(?P<v>[0-9]{4}(?:[ -]?[0-9]{4}){4})(?![0-9A-Za-z])"), reference_code, spelled=True),
    Recogniser("plate", Kind.PLATE, re.compile(
        rf"(?P<v>[{_PROVINCES}] ?[A-HJ-NP-Z][ ·.-]{{0,2}}(?:[DFABCEGHJK][A-HJ-NP-Z0-9][0-9]{{4}}|"
        r"[0-9]{5}[DFABCEGHJK]|"
        r"[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳领]))"
        r"(?:(?![0-9A-Za-z])|(?=[0-9]{1,2}[月日号点:]|20[0-9]{2}[年-]))",
        re.I), plate),
    Recogniser("plate after its word", Kind.PLATE, re.compile(
        r"(?:车牌|牌照|号牌|车号)(?:号码?)?[是为:\s]{0,3}(?P<v>[\u4e00-\u9fff]{0,2}[A-Za-z]?[·-]?(?=[A-Za-z]{0,3}[0-9]{3})"
        r"[A-Za-z0-9]{5,7})(?![0-9A-Za-z])"), always(Grade.MEDIUM)),
    Recogniser("QQ", Kind.ACCOUNT, re.compile(
        rf"(?:QQ|扣扣|抠抠|企鹅|群号|球球|q群)(?:号码?|群|里|账号|帐号){{0,2}}{_SIGN}"
        r"(?P<v>[0-9](?: ?[0-9]){4,11})(?![0-9])", re.I),
        always(Grade.HIGH), spelled=True),
    Recogniser("WeChat", Kind.ACCOUNT, re.compile(
        rf"(?:{_MESSENGER})(?:同号|群|号码?|账号|帐号|id)?[也加我]?{_SIGN}(?P<v>[A-Za-z][A-Za-z0-9_-]{{5,19}}|[0-9]{{6,12}})"
        r"(?![A-Za-z0-9_@-])", re.I), account_name),
    Recogniser("other accounts", Kind.ACCOUNT, re.compile(
        rf"(?:{_SERVICES})(?:号码?|账号|帐号|ID|昵称)?[是为叫:=@\s]{{1,3}}(?P<v>[A-Za-z0-9_][A-Za-z0-9_-]{{4,19}})"
        r"(?![A-Za-z0-9_@-])", re.I), other_account),
    Recogniser("e-mail", Kind.EMAIL, re.compile(
        r"(?<![A-Za-z0-9._%+-])(?P<v>[A-Za-z0-9._%+-]{1,64}\s?(?:@|\(at\)|\[at\]|#at#|艾特)\s?"
        r"(?:[A-Za-z0-9-]{1,63}(?:[.。]|\(dot\)|点)){1,4}[A-Za-z]{2,10})", re.I), always(Grade.HIGH)),
    Recogniser("officer number", Kind.OFFICER_NO, re.compile(
        rf"(?:警号|警员号|警官证号?|执法证号?|胸牌号?|工号)(?:号码?|后[几四六]位)?{_SIGN}(?P<v>[A-Za-z]?[0-9]{{4,8}})(?![0-9])"),
        always(Grade.MEDIUM), spelled=True),
    Recogniser("officer number before its word", Kind.OFFICER_NO, re.compile(
        r"(?<![0-9])(?P<v>[0-9]{4,8})(?=号?的?(?:民警|辅警|交警|警官|警察|协警))"), always(Grade.MEDIUM)),
    Recogniser("case number", Kind.CASE_NO, re.compile(
        r"(?P<v>(?:(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{1,2}|[^\W0-9A-Za-z_到了为是的有给按据见号书说])公"
        r"(?:[\u4e00-\u9fff]{0,4}\([\u4e00-\u9fff]{1,8}\))?[\u4e00-\u9fff]{0,10}字"
        r"\s?[〔(\[【][0-9]{4}[〕)\]】]\s?第?\s?[0-9]{1,8}\s?号)"), always(Grade.MEDIUM)),
    Recogniser("court case number", Kind.CASE_NO, re.compile(
        r"(?P<v>[(\[〔][0-9]{4}[)\]〕]\s?[\u4e00-\u9fff]\s?[0-9]{0,4}[\u4e00-\u9fff]{1,6}[0-9]{1,6}号)"),
        always(Grade.MEDIUM)),
    Recogniser("case number after its word", Kind.CASE_NO, re.compile(
        r"(?:案件|警情|接警单?|接处警|受案|立案|决定书|认定书|回执)(?:编?号码?|登记号)"
        rf"{_SIGN}(?P<v>[A-Za-z]{{0,2}}[0-9]{{8,24}})(?![0-9])"), always(Grade.MEDIUM)),
    Recogniser("address of a machine", Kind.NET, re.compile(
        r"(?<![0-9.])(?P<v>[0-9]{1,3}(?:\.[0-9]{1,3}){3})(?![0-9]|\.[0-9])"), address_of_machine),
    Recogniser("link", Kind.NET, re.compile(
        r"(?P<v>(?:https?://|www\.)[A-Za-z0-9._~:/?#@!$&'*+,;=%-]{3,300})", re.I), link),
)
