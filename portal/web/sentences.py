"""Sentences that services and extractors say in Chinese, in the reader's language.

They arrive filled in: some were written by another process, some have lain in the database since a
file was refused. Each is recognised by the text it was made from, and said anew.
"""

import functools
import re

from portal.languages import TRADITIONAL
from portal.text import traditional
from portal.web.language import language
from portal.web.messages import gettext


def _(text: str) -> str:
    # Marks a text for the translators.
    return text


SENTENCES = (
    _("文件是空的，请检查后重新上传。"),
    _("文件设有打开密码，请去掉密码后再上传。"),
    _("文件已损坏或不完整，请在原程序中打开并另存一份，再重新上传。"),
    _("文件中没有可检索的文字，请补充文字后再上传。"),
    _("读取这个文件用时过长，已经停止，请拆分成几个文件后再上传。"),
    _("读取时程序意外中止，文件可能已损坏，请在原程序中另存一份，再重新上传。"),
    _("病毒扫描服务没有响应，文件没有收录。请稍后再试，或联系管理员。"),
    _("服务器的磁盘空间不足，文件没有收录。请联系管理员腾出空间后再试。"),
    _("文件超过 %(size)s MB 的上限，请拆分或压缩图片后再上传。"),
    _("文件超过 %(size)s MB 的上限，请拆分后再上传。"),
    _("文件内容过大，无法处理，请拆分后再上传。"),
    _("文件转换后过大，请拆分后再上传。"),
    _("文件解压后过大，疑似压缩炸弹，未予收录。如确为正常文件，请拆分后再上传。"),
    _("文件正文过大，请拆分成几个文件后再上传。"),
    _("文件含有病毒（%(name)s），没有收录，也没有保留。请先清除病毒再上传。"),
    _("这是 Office 打开文档时留下的临时文件（~$ 开头），没有内容，请上传文档本身。"),
    _("无法识别的 Office 文件，请另存为 docx、pptx 或 xlsx 后再上传。"),
    _("这是压缩包，请解压后把里面的文件分别上传。"),
    _("这是 Outlook 邮件，请把正文或附件另存后再上传。"),
    _("这是旧版 Office 或其他程序的文件，请另存为 docx 后再上传。"),
    _("暂不支持%(kind)s，请另存为 %(target)s 后再上传。"),
    _("这是%(kind)s，不能检索其中的文字；请上传 Word、PowerPoint、Excel、PDF、网页或文本文件。"),
    _("无法识别的文件类型；请上传 Word、PowerPoint、Excel、PDF、网页或文本文件。"),
    _("这是图片（SVG），请上传文档本身。"),
    _("图片里没有识别出文字，请上传原始文档，或更清晰的图片。"),
    _("这份 PDF 没有可检索的文字，需要 OCR；请先做文字识别，或上传原始文档。"),
    _("幻灯片里没有可检索的文字，可能只有图片，需要 OCR 或补充文字后再上传。"),
    _("文档里没有可检索的文字，可能只有图片，需要 OCR 或补充文字后再上传。"),
    _("工作簿里没有可检索的文字，请确认内容后再上传。"),
    _("网页的标签嵌套过深，无法处理，请在浏览器中另存后再上传。"),
    _("这是链接或设备，不是普通文件。"),
    _("没有这个文件或文件夹。"),
    _("没有读取权限，请检查文件或文件夹的权限。"),
    _("无法读取：%(why)s。"),
    _("没有成功：%(why)s。"),
    _("与已有文档 %(number)s《%(title)s》内容相同，没有重复收录。"),
    # What a document carries along: how much of it was read.
    _("第 %(pages)s 页没有可检索的文字，需要 OCR。"),
    _("第 %(pages)s 页的文字由 OCR 识别得到，可能有误。"),
    _("共 %(total)s 页，只收录了前 %(read)s 页。"),
    _("共 %(total)s 张幻灯片，只收录了前 %(read)s 张。"),
    _("工作表 %(names)s 中有公式没有保存计算结果，请用 Excel 或 WPS 打开并保存一次，再重新上传。"),
    _("工作表“%(name)s”共 %(total)s 行，只收录了前 %(read)s 行，其余请拆分成多个文件上传。"),
    _("这是旧版 Office 文件（%(format)s），文字由 LibreOffice 转换得到，版式可能不同。"),
    _("这是图片，文字由 OCR 识别得到，可能有误。"),
    # The mailbox.
    _("邮件超过 %(size)s MB，没有收录。请发件人拆分后再发。"),
    _("邮件的格式无法识别，没有收录。请发件人重发。"),
    _("邮件里没有附件，没有可收录的文件。请发件人重发。"),
    _("发件人 %(sender)s 没有登记，邮件没有收录。请先登记这位同事的邮箱，再请对方重发。"),
    # Lists of files; what follows the number of the line is the next ones.
    _("清单第 %(line)s 行：%(why)s。"),
    _("没有写路径"),
    _("“%(path)s”在清单里出现了两次"),
    _("“%(path)s”不在这个文件夹里"),
    _("没有文件“%(path)s”"),
    _("不认识可见范围“%(value)s”，可以写 everyone、unit 或 author"),
    _("没有登录名为“%(login)s”的用户"),
    _("%(facet)s“%(value)s”不存在，可以写：%(valid)s"),
    # Mail and chat messages that did not get through.
    _("不是邮件地址：%(address)s"),
    _("不是可用的机器人地址"),
    _("机器人没有收下消息"),
    _("等了三天仍未能发出，不再发送"),
    _("发送途中程序中断，不知道是否送到；为免重复，不再发送"),
    _("邮件已全部交给邮件服务器，程序在等它答复时中断；为免重复，不再发送"),
    _("日期应写成 %(name)s:2026-01-31 的样子，“%(value)s” 不是日期"),
    _("年份应是四位数字，“%(value)s” 不是"),
    _("没有 “%(value)s” 这种格式。可用的取值：%(valid)s"),
    _("“%(value)s” 不是 %(facet)s 的取值。可用的取值：%(valid)s"),
)
KINDS = (
    _("旧版 Word 文档（doc）"),
    _("旧版 PowerPoint 演示文稿（ppt）"),
    _("旧版 Excel 工作簿（xls）"),
    _("二进制工作簿（xlsb）"),
    _("OFD 版式文件"),
    _("OpenDocument 文件（odt、ods、odp）"),
    _("RTF 文档"),
    _("单一文件网页（mht）"),
    _("XML 表格"),
    _("XML 文档"),
    _("PostScript 文件"),
    _("CAJ 文件"),
    _("图片"),
    _("音频"),
    _("视频"),
    _("压缩包"),
    _("可执行程序"),
    _("数据库文件"),
    _("CAD 图纸"),
    _("字体文件"),
    _("docx、xlsx 或 pptx"),
)
"""What stands in the places of those sentences and is a word itself."""


def recognised(sentence: str) -> tuple[str, dict[str, str]] | None:
    """The text that a sentence was made from and what fills its places, or ``None``."""
    for pattern, text in _patterns():
        if found := pattern.fullmatch(sentence):
            return text, found.groupdict()
    return None


def said(sentence: str) -> str:
    """The sentence in the reader's language; as it came where nobody has translated it."""
    found = recognised(sentence)
    if found is None:
        return traditional.sentence(sentence) if language() == TRADITIONAL.code else sentence
    text, values = found
    return gettext(text, **{key: _word(key, each) for key, each in values.items()})


def _word(place: str, word: str) -> str:
    if place == "why":
        return said(word)  # a sentence within the sentence
    return gettext(word) if word in KINDS or place == "facet" else word


@functools.cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(_places(text), re.DOTALL), text) for text in SENTENCES]


def _places(text: str) -> str:
    fixed = re.split(r"%\((\w+)\)s", text)
    return "".join(
        f"(?P<{part}>.+?)" if index % 2 else re.escape(part) for index, part in enumerate(fixed)
    )
