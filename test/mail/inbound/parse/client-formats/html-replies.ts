const OLD = '<p>We have replaced the drum.</p><p>Please try again on Monday at 10:30.<br>Kind regards<br>Bo</p>';

/**
 * A reply as html, as the client really builds it: client, html. What the sender wrote is always
 * `Thanks, that worked.` and `What about the toner?`; some clients put a signature below.
 */
export const HTML_REPLIES: readonly (readonly [client: string, html: string])[] = [
  [
    'Gmail',
    `<div dir="ltr">Thanks, that worked.<div><br></div><div>What about the toner?</div></div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Mon, Jan 5, 2026 at 9:41 AM Bo Lind &lt;<a href="mailto:bo@example.org">bo@example.org</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">${OLD}</blockquote></div>`,
  ],
  [
    'Gmail with a signature',
    `<div dir="ltr"><div>Thanks, that worked.</div><div>What about the toner?</div><div><br clear="all"></div><div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature"><div dir="ltr">Anna Berg<div>Store</div></div></div></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Am Mo., 5. Jan. 2026 um 09:41&nbsp;Uhr schrieb Bo Lind &lt;<a href="mailto:bo@example.org">bo@example.org</a>&gt;:<br></div><blockquote class="gmail_quote">${OLD}</blockquote></div>`,
  ],
  [
    'Gmail on Android',
    `<p dir="ltr">Thanks, that worked.</p>\n<p dir="ltr">What about the toner?</p>\n<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, 5 Jan 2026, 09:41 Bo Lind, &lt;<a href="mailto:bo@example.org">bo@example.org</a>&gt; wrote:<br></div><blockquote class="gmail_quote">${OLD}</blockquote></div>`,
  ],
  [
    'Apple Mail',
    `<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body style="overflow-wrap: break-word;">Thanks, that worked.<div>What about the toner?<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>On Jan 5, 2026, at 9:41 AM, Bo Lind &lt;bo@example.org&gt; wrote:</div><br class="Apple-interchange-newline"><div>${OLD}</div></blockquote></div><br></div></body></html>`,
  ],
  [
    'Apple Mail on the phone',
    `<html><head></head><body dir="auto">Thanks, that worked.<div>What about the toner?<br><br><div dir="ltr">Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">On Jan 5, 2026, at 9:41 AM, Bo Lind &lt;bo@example.org&gt; wrote:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">${OLD}</div></blockquote></div></body></html>`,
  ],
  [
    'Apple Mail on an older phone',
    `<html><body bgcolor="#FFFFFF"><div>Thanks, that worked.</div><div>What about the toner?<br><br>Sent from my iPhone</div><div><br>On Jan 5, 2013, at 9:41 AM, Bo Lind &lt;<a href="mailto:bo@example.org">bo@example.org</a>&gt; wrote:<br><br></div><blockquote type="cite"><div>${OLD}</div></blockquote></body></html>`,
  ],
  [
    'Outlook on the desktop',
    `<html xmlns:o="urn:schemas-microsoft-com:office:office"><body lang="EN-US" link="#0563C1"><div class="WordSection1"><p class="MsoNormal">Thanks, that worked.<o:p></o:p></p><p class="MsoNormal">What about the toner?<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal"><b>From:</b> Bo Lind &lt;bo@example.org&gt; <br><b>Sent:</b> Monday, January 5, 2026 9:41 AM<br><b>To:</b> Desk &lt;desk@example.com&gt;<br><b>Subject:</b> RE: Toner<o:p></o:p></p></div></div><p class="MsoNormal"><o:p>&nbsp;</o:p></p>${OLD}</div></body></html>`,
  ],
  [
    'Outlook on the desktop in Swedish',
    `<div class="WordSection1"><p class="MsoNormal">Thanks, that worked.</p><p class="MsoNormal">What about the toner?</p><p class="MsoNormal">&nbsp;</p><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b><span>Från:</span></b><span> Bo Lind [mailto:bo@example.org] <br><b>Skickat:</b> den 5 januari 2026 09:41<br><b>Till:</b> Desk<br><b>Ämne:</b> SV: Toner</span></p></div>${OLD}</div>`,
  ],
  [
    'Outlook 2003',
    `<div><font face="Arial">Thanks, that worked.</font></div><div>What about the toner?</div><div>&nbsp;</div><blockquote style="MARGIN-RIGHT: 0px"><div class="OutlookMessageHeader" lang="en-us" dir="ltr" align="left"><hr tabindex="-1"><font face="Tahoma" size="2"><b>From:</b> Bo Lind [mailto:bo@example.org] <br><b>Sent:</b> Monday, January 05, 2026 9:41 AM<br><b>To:</b> Desk<br><b>Subject:</b> Toner<br></font><br></div>${OLD}</blockquote>`,
  ],
  [
    'Outlook on the web',
    `<html><body dir="ltr"><div class="elementToProof" style="font-size: 12pt">Thanks, that worked.</div><div class="elementToProof">What about the toner?</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif"><b>From:</b> Bo Lind &lt;bo@example.org&gt;<br><b>Sent:</b> Monday, January 5, 2026 9:41 AM<br><b>To:</b> Desk &lt;desk@example.com&gt;<br><b>Subject:</b> Re: Toner</font><div>&nbsp;</div></div>${OLD}</body></html>`,
  ],
  [
    'Outlook on the web with a signature',
    `<div>Thanks, that worked.</div><div>What about the toner?</div><div><br></div><div id="Signature"><p>Anna Berg</p><p>Store, Acme</p></div><div id="appendonsend"></div><hr><div id="x_divRplyFwdMsg" dir="ltr"><b>Von:</b> Bo Lind &lt;bo@example.org&gt;<br><b>Gesendet:</b> Montag, 5. Januar 2026 09:41<br><b>An:</b> Desk<br><b>Betreff:</b> AW: Toner</div>${OLD}`,
  ],
  [
    'Outlook on the phone',
    `<div dir="auto">Thanks, that worked.</div><div dir="auto">What about the toner?</div><div id="ms-outlook-mobile-signature"><div><br></div>Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div><div id="mail-editor-reference-message-container" class="ms-outlook-mobile-reference-message skipProofing"><hr style="display: inline-block; width: 98%;"><div id="divRplyFwdMsg" dir="ltr"><b>From:</b> Bo Lind &lt;bo@example.org&gt;<br><b>Sent:</b> Monday, January 5, 2026 9:41 AM<br><b>To:</b> Desk<br><b>Subject:</b> Re: Toner<div>&nbsp;</div></div>${OLD}</div>`,
  ],
  [
    'Outlook for Mac',
    `<div class="WordSection1"><p class="MsoNormal">Thanks, that worked.</p><p class="MsoNormal">What about the toner?</p><p class="MsoNormal">&nbsp;</p><div id="mail-editor-reference-message-container"><div><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal"><b><span style="font-size:12.0pt;color:black">From: </span></b><span style="font-size:12.0pt;color:black">Bo Lind &lt;bo@example.org&gt;<br><b>Date: </b>Monday, January 5, 2026 at 9:41 AM<br><b>To: </b>Desk &lt;desk@example.com&gt;<br><b>Subject: </b>Re: Toner</span></p></div>${OLD}</div></div></div>`,
  ],
  [
    'Outlook for Mac 2011',
    `<div>Thanks, that worked.</div><div>What about the toner?</div><div><br></div><span id="OLK_SRC_BODY_SECTION"><div style="border-top: #b5c4df 1pt solid"><span style="font-weight:bold">From: </span> Bo Lind &lt;bo@example.org&gt;<br><span style="font-weight:bold">Date: </span> Monday, January 5, 2026 9:41 AM<br><span style="font-weight:bold">To: </span> Desk<br><span style="font-weight:bold">Subject: </span> Re: Toner<br></div>${OLD}</span>`,
  ],
  [
    'Hotmail',
    `<html><head><style>.hmmessage P {margin:0px}</style></head><body class='hmmessage'><div dir='ltr'>Thanks, that worked.<br>What about the toner?<br><br><div><hr id="stopSpelling">Date: Mon, 5 Jan 2026 09:41:25 +0000<br>From: bo@example.org<br>To: desk@example.com<br>Subject: Toner<br><br>${OLD}</div></div></body></html>`,
  ],
  [
    'Windows Mail',
    `<div data-externalstyle="false" dir="ltr"><div>Thanks, that worked.</div><div>What about the toner?</div><div><br></div><div style="padding-top: 5px; border-top-color: rgb(229, 229, 229); border-top-width: 1px; border-top-style: solid;"><div><font face="Calibri"><b>From:</b>&nbsp;Bo Lind<br><b>Sent:</b>&nbsp;Monday, January 5, 2026 9:41 AM<br><b>To:</b>&nbsp;Desk</font></div></div><div><br></div>${OLD}</div>`,
  ],
  [
    'Windows Live Mail',
    `<div dir="ltr"><div>Thanks, that worked.</div><div>What about the toner?</div><div style="FONT: 10pt tahoma"><div><font face="Calibri"></font>&nbsp;</div><div style="BACKGROUND: #f5f5f5"><div style="font-color: black"><b>From:</b> <a title="bo@example.org" href="mailto:bo@example.org">Bo Lind</a> </div><div><b>Sent:</b> Monday, January 05, 2026 9:41 AM</div><div><b>To:</b> <a href="mailto:desk@example.com">desk@example.com</a> </div><div><b>Subject:</b> Toner</div></div></div>${OLD}</div>`,
  ],
  [
    'Yahoo',
    `<html><body><div class="ydp1a2b3c4yahoo-style-wrap"><div dir="ltr">Thanks, that worked.</div><div dir="ltr">What about the toner?</div><div><br></div></div><div id="ydp5d6e7f8yahoo_quoted_1234567890" class="ydp5d6e7f8yahoo_quoted"><div style="font-family:Helvetica"><div>On Monday, January 5, 2026 at 09:41:25 AM GMT+1, Bo Lind &lt;bo@example.org&gt; wrote:</div><div><br></div>${OLD}</div></div></body></html>`,
  ],
  [
    'Yahoo on Android',
    `Thanks, that worked.<br>What about the toner?<br><br><div id="ymail_android_signature"><a id="ymail_android_signature_link" href="https://mail.onelink.me/1">Sent from Yahoo Mail on Android</a></div> <br> <blockquote style="margin: 0 0 20px 0;"> <div style="font-family:Roboto"> <div>On Mon, Jan 5, 2026 at 9:41 AM, Bo Lind</div><div>&lt;bo@example.org&gt; wrote:</div> </div> <div>${OLD}</div> </blockquote>`,
  ],
  [
    'Yahoo classic',
    `<div style="color:#000">Thanks, that worked.<br>What about the toner?<br><div><br></div>  <div style="font-size: 12pt;"> <div dir="ltr"> <hr size="1">  <font size="2" face="Arial"> <b><span style="font-weight:bold;">From:</span></b> Bo Lind &lt;bo@example.org&gt;<br> <b><span>To:</span></b> desk@example.com <br> <b><span>Sent:</span></b> Monday, January 5, 2013 9:41 AM<br> <b><span>Subject:</span></b> Re: Toner<br> </font> </div>${OLD}</div></div>`,
  ],
  [
    'Thunderbird',
    `<html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body><p>Thanks, that worked.</p><p>What about the toner?<br></p><div class="moz-cite-prefix">On 1/5/26 09:41, Bo Lind wrote:<br></div><blockquote type="cite" cite="mid:1@example.org">${OLD}</blockquote><br></body></html>`,
  ],
  [
    'Thunderbird with a signature',
    `<p>Thanks, that worked.</p><p>What about the toner?</p><div class="moz-signature">-- <br>Anna Berg<br>Store</div><div class="moz-cite-prefix">Am 05.01.26 um 09:41 schrieb Bo Lind:<br></div><blockquote type="cite" cite="mid:1@example.org">${OLD}</blockquote>`,
  ],
  [
    'Thunderbird, answered below',
    `<div class="moz-cite-prefix">Le 05/01/2026 à 09:41, Bo Lind a écrit&nbsp;:<br></div><blockquote type="cite" cite="mid:1@example.org">${OLD}</blockquote><p>Thanks, that worked.</p><p>What about the toner?</p>`,
  ],
  [
    'Proton',
    `<div style="font-family: Arial">Thanks, that worked.</div><div>What about the toner?</div><div><br></div><div class="protonmail_signature_block"><div class="protonmail_signature_block-user">Anna Berg<br>Store</div><div class="protonmail_signature_block-proton">Sent with <a target="_blank" href="https://proton.me/">Proton Mail</a> secure email.</div></div><div class="protonmail_quote">On Monday, January 5th, 2026 at 9:41 AM, Bo Lind &lt;bo@example.org&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">${OLD}</blockquote></div>`,
  ],
  [
    'Tuta',
    `<div>Thanks, that worked.</div><div>What about the toner?</div><div><br></div><div>Jan 5, 2026, 09:41 by bo@example.org:</div><blockquote class="tutanota_quote" style="border-left: 1px solid #93A3B8;">${OLD}</blockquote>`,
  ],
  [
    'Zoho',
    `<div style="font-family: Verdana"><div>Thanks, that worked.</div><div>What about the toner?</div><div id="Zm-_Id_-Sgn1" data-sigid="1"></div><div class="zmail_extra_hr" style="border-top: 1px solid rgb(204, 204, 204); height: 0px;"><br></div><div class="zmail_extra" data-zbluepencil-ignore="true"><br><div id="Zm-_Id_-Sgn1">---- On Mon, 05 Jan 2026 09:41:25 +0100 <b>Bo Lind &lt;bo@example.org&gt;</b> wrote ---<br></div><br><blockquote style="border-left: 1px solid rgb(204, 204, 204);">${OLD}</blockquote></div></div>`,
  ],
  [
    'GMX',
    `<html><head></head><body><div style="font-family: Verdana;"><div>Thanks, that worked.</div><div>What about the toner?</div><div>&nbsp;<div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5;"><div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;Montag, 05. Januar 2026 um 09:41 Uhr<br/><b>Von:</b>&nbsp;&quot;Bo Lind&quot; &lt;bo@example.org&gt;<br/><b>An:</b>&nbsp;desk@example.com<br/><b>Betreff:</b>&nbsp;Aw: Toner</div><div name="quoted-content">${OLD}</div></div></div></div></body></html>`,
  ],
  [
    'Zimbra',
    `<html><body><div style="font-family: arial"><div>Thanks, that worked.<br></div><div>What about the toner?</div><div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><blockquote style="border-left:2px solid #1010FF;"><b>From: </b>"Bo Lind" &lt;bo@example.org&gt;<br><b>To: </b>"desk" &lt;desk@example.com&gt;<br><b>Sent: </b>Monday, January 5, 2026 9:41:25 AM<br><b>Subject: </b>Toner<br></blockquote></div><div data-marker="__QUOTED_TEXT__"><blockquote>${OLD}</blockquote></div></div></body></html>`,
  ],
  [
    'Zimbra, own words below the divider of an older version',
    `<div>Thanks, that worked.<br></div><div>What about the toner?</div><div><br></div><hr id="zwchr"><div style="color:#000;"><b>De: </b>"Bo Lind" &lt;bo@example.org&gt;<br><b>À: </b>"desk" &lt;desk@example.com&gt;<br><b>Envoyé: </b>Lundi 5 Janvier 2026 09:41:25<br><b>Objet: </b>Toner<br></div>${OLD}`,
  ],
  [
    'Roundcube',
    `<html><body style='font-family: Verdana'><p>Thanks, that worked.</p><p>What about the toner?</p><div>&nbsp;</div><p id="reply-intro">On 2026-01-05 09:41, Bo Lind wrote:</p><blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0"><div id="replybody1">${OLD}</div></blockquote></body></html>`,
  ],
  [
    'Open-Xchange',
    `<!doctype html><html><body><div>Thanks, that worked.</div><div>What about the toner?</div><blockquote type="cite"><div>Bo Lind &lt;bo@example.org&gt; hat am 05.01.2026 09:41 geschrieben:</div><div><br></div><div><br></div>${OLD}</blockquote></body></html>`,
  ],
  [
    'Spark',
    `<html><head></head><body><div name="messageBodySection"><div dir="auto">Thanks, that worked.<br>What about the toner?</div></div><div name="messageSignatureSection"><br><div>Anna Berg</div><div>Store</div></div><div name="messageReplySection">On 5 Jan 2026, 09:41 +0100, Bo Lind &lt;bo@example.org&gt;, wrote:<br><blockquote type="cite" style="border-left-color: grey" class="spark_quote">${OLD}</blockquote></div></body></html>`,
  ],
  [
    'Airmail',
    `<html><body><div id="bloop_customfont">Thanks, that worked.</div><div>What about the toner?</div><br><div class="bloop_sign"><div>Anna Berg</div></div><br><p class="airmail_on">On 5 Jan 2026 at 09:41:25, Bo Lind (<a href="mailto:bo@example.org">bo@example.org</a>) wrote:</p><blockquote type="cite" class="clean_bq">${OLD}</blockquote></body></html>`,
  ],
  [
    'Mailspring',
    `<div>Thanks, that worked.</div><div>What about the toner?</div><br><signature>Anna Berg<br>Store</signature><div class="gmail_quote_attribution">On Jan 5 2026, at 9:41 am, Bo Lind &lt;bo@example.org&gt; wrote:</div><blockquote class="gmail_quote">${OLD}</blockquote>`,
  ],
  [
    'Superhuman',
    `<div><div><div style="display: none; border: 0px; width: 0px;"><img src="https://r.example.com/1.gif"></div><div>Thanks, that worked.</div><div>What about the toner?</div><div class="sh-signature"></div></div><br><div class="gmail_quote sh-color-black sh-quoted-content"><p>On Mon, Jan 05, 2026 at 9:41 AM, Bo Lind <span dir="ltr">&lt; <a href="mailto:bo@example.org">bo@example.org</a> &gt;</span> wrote:<br></p><blockquote class="gmail_quote">${OLD}</blockquote></div></div>`,
  ],
  [
    'Front',
    `<div>Thanks, that worked.</div><div>What about the toner?</div><br><div>On January 5, 2026 at 9:41 AM GMT+1 <a href="mailto:bo@example.org">bo@example.org</a> wrote:</div><blockquote type="cite" class="front-blockquote">${OLD}</blockquote>`,
  ],
  [
    'eM Client',
    `<html><body><div>Thanks, that worked.</div><div>What about the toner?</div><div><br></div><div>------ Original Message ------</div><div>From "Bo Lind" &lt;<a href="mailto:bo@example.org">bo@example.org</a>&gt;</div><div>To desk@example.com</div><div>Date 1/5/2026 9:41:25 AM</div><div>Subject Toner</div><div><br></div><div id="x1" class="plain"><blockquote cite="1@example.org" type="cite" class="cite2">${OLD}</blockquote></div></body></html>`,
  ],
  [
    'Samsung',
    `<html><head></head><body dir="auto"><div dir="auto">Thanks, that worked.</div><div dir="auto">What about the toner?</div><div dir="auto"><br></div><div id="composer_signature" dir="auto"><div style="font-size:12px;color:#575757" dir="auto">Sent from my Galaxy</div></div><div dir="auto"><br></div><div><br></div><div align="left" dir="auto" style="font-size:100%;color:#000000"><div>-------- Original message --------</div><div>From: Bo Lind &lt;bo@example.org&gt; </div><div>Date: 1/5/26  09:41  (GMT+01:00) </div><div>To: desk@example.com </div><div>Subject: Re: Toner </div><div><br></div></div>${OLD}</body></html>`,
  ],
  [
    'BlackBerry 10',
    `<html><head></head><body lang="en-US"><div>Thanks, that worked.</div><div>What about the toner?</div><div><br></div><div>Sent&nbsp;from&nbsp;my&nbsp;BlackBerry&nbsp;10&nbsp;smartphone.</div><table width="100%"><tbody><tr><td colspan="2"><div style="border-style: solid none none; border-top-color: rgb(181, 196, 223); border-top-width: 1pt;"><div><b>From: </b>Bo Lind</div><div><b>Sent: </b>Monday, January 5, 2026 9:41 AM</div><div><b>To: </b>desk@example.com</div><div><b>Subject: </b>Toner</div></div></td></tr></tbody></table><div id="_originalContent">${OLD}</div></body></html>`,
  ],
  [
    'QQ',
    `<div>Thanks, that worked.</div><div>What about the toner?</div><div><br></div><div style="font-size: 12px;font-family: Arial Narrow;padding:2px 0 2px 0;">------------------&nbsp;Original&nbsp;------------------</div><div style="font-size: 12px;background:#efefef;padding:8px;"><div><b>From:</b>&nbsp;"Bo Lind"&lt;bo@example.org&gt;;</div><div><b>Date:</b>&nbsp;Mon, Jan 5, 2026 09:41 AM</div><div><b>To:</b>&nbsp;"desk"&lt;desk@example.com&gt;;</div><div></div><div><b>Subject:</b>&nbsp;Toner</div></div><div><br></div>${OLD}`,
  ],
  [
    '163',
    `<div style="line-height:1.7;"><div>Thanks, that worked.</div><div>What about the toner?</div><br/><p>At 2026-01-05 09:41:25, "Bo Lind" &lt;bo@example.org&gt; wrote:</p><blockquote id="isReplyContent" style="PADDING-LEFT: 1ex; MARGIN: 0px 0px 0px 0.8ex; BORDER-LEFT: #ccc 1px solid">${OLD}</blockquote></div>`,
  ],
  [
    '163, newer',
    `<div>Thanks, that worked.</div><div>What about the toner?</div><br><div id="ntes-pcmail-quote"><div style="padding:0.6em 0">---- Replied Message ----</div><table><tr><td>From</td><td>Bo Lind&lt;bo@example.org&gt;</td></tr><tr><td>Date</td><td>01/05/2026 09:41</td></tr><tr><td>To</td><td>desk&lt;desk@example.com&gt;</td></tr><tr><td>Subject</td><td>Toner</td></tr></table>${OLD}</div>`,
  ],
  [
    'Mail.ru',
    `<HTML><BODY><div>Thanks, that worked.</div><div>What about the toner?</div><div>&nbsp;</div><blockquote style="border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;">Понедельник, 5 января 2026, 9:41 +03:00 от Bo Lind &lt;bo@example.org&gt;:<br>&nbsp;<div id="">${OLD}</div></blockquote></BODY></HTML>`,
  ],
  [
    'Yandex',
    `<div>Thanks, that worked.</div><div>What about the toner?</div><div> </div><div>05.01.2026, 09:41, "Bo Lind" &lt;bo@example.org&gt;:</div><blockquote>${OLD}</blockquote>`,
  ],
  [
    'Notes',
    `<font size=2 face="sans-serif">Thanks, that worked.</font><br><font size=2>What about the toner?</font><br><br><br><br><font size=1 color=#5f5f5f face="sans-serif">From:&nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1 face="sans-serif">Bo Lind &lt;bo@example.org&gt;</font><br><font size=1 color=#5f5f5f>To:&nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1>desk@example.com</font><br><font size=1 color=#5f5f5f>Date:&nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1>05.01.2026 09:41</font><br><font size=1 color=#5f5f5f>Subject:&nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1>Re: Toner</font><br><hr noshade>${OLD}`,
  ],
  [
    'Freshdesk',
    `<div>Thanks, that worked.</div><div>What about the toner?</div><div class="freshdesk_quote"><blockquote class="freshdesk_quote">On Mon, 5 Jan at 9:41 AM , Desk &lt;bo@example.org&gt; wrote:<br>${OLD}</blockquote></div>`,
  ],
  [
    'Evolution',
    `<html><body class="" style=""><div>Thanks, that worked.</div><div>What about the toner?</div><div><br></div><div>On Mon, 2026-01-05 at 09:41 +0100, Bo Lind wrote:</div><blockquote type="cite" style="margin:0 0 0 .8ex; border-left:2px #729fcf solid;padding-left:1ex">${OLD}</blockquote><div><span></span></div></body></html>`,
  ],
  [
    'K-9',
    `<!DOCTYPE html><html><head></head><body dir="auto">Thanks, that worked.<br>What about the toner?<br><br><div class='gmail_quote'><div dir="auto">Am 5. Januar 2026 09:41:25 MEZ schrieb Bo Lind &lt;bo@example.org&gt;:</div><blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex; border-left: 1px solid rgb(204, 204, 204); padding-left: 1ex;">${OLD}</blockquote></div><div style='white-space: pre-wrap'><div class='k9mail-signature'>-- <br>Sent with K-9 Mail</div></div></body></html>`,
  ],
];
