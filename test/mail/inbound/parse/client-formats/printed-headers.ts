/**
 * The printed header that a mail client puts above what it quotes without `>`, as it really prints it: client,
 * language, lines. Written from the clients' own formats and not from the tables of the parser.
 */
export const PRINTED_HEADERS: readonly (readonly [client: string, language: string, lines: string])[] = [
  // Outlook on the desktop: no mark at all in the text part
  [
    'Outlook',
    'en',
    'From: Bo Lind <bo@example.org>\nSent: Monday, January 5, 2026 9:41 AM\nTo: Desk <desk@example.com>\nSubject: RE: Toner',
  ],
  [
    'Outlook with copies',
    'en',
    'From: Bo Lind <bo@example.org> \nSent: 05 January 2026 09:41\nTo: Desk <desk@example.com>; Anna Berg <anna@example.com>\nCc: Store <store@example.com>\nSubject: RE: Toner\nImportance: High',
  ],
  ['Outlook, names only', 'en', 'From: Lind, Bo\nSent: Monday, January 5, 2026 9:41 AM\nTo: Desk\nSubject: RE: Toner'],
  [
    'Outlook',
    'de',
    'Von: Bo Lind <bo@example.org>\nGesendet: Montag, 5. Januar 2026 09:41\nAn: Desk <desk@example.com>\nBetreff: AW: Toner',
  ],
  [
    'Outlook',
    'fr',
    'De : Bo Lind <bo@example.org>\nEnvoyé : lundi 5 janvier 2026 09:41\nÀ : Desk <desk@example.com>\nObjet : RE: Toner',
  ],
  [
    'Outlook, narrow spaces',
    'fr',
    'De\u00a0: Bo Lind <bo@example.org>\nEnvoyé\u00a0: lundi 5 janvier 2026 09:41\nÀ\u00a0: Desk <desk@example.com>\nObjet\u00a0: RE: Toner',
  ],
  [
    'Outlook',
    'es',
    'De: Bo Lind <bo@example.org>\nEnviado: lunes, 5 de enero de 2026 9:41\nPara: Desk <desk@example.com>\nAsunto: RE: Toner',
  ],
  [
    'Outlook, older',
    'es',
    'De: Bo Lind <bo@example.org>\nEnviado el: lunes, 5 de enero de 2026 9:41\nPara: Desk <desk@example.com>\nAsunto: RE: Toner',
  ],
  [
    'Outlook',
    'pt-BR',
    'De: Bo Lind <bo@example.org>\nEnviada em: segunda-feira, 5 de janeiro de 2026 09:41\nPara: Desk <desk@example.com>\nAssunto: RES: Toner',
  ],
  [
    'Outlook',
    'pt-PT',
    'De: Bo Lind <bo@example.org>\nEnviado: 5 de janeiro de 2026 09:41\nPara: Desk <desk@example.com>\nAssunto: RE: Toner',
  ],
  [
    'Outlook',
    'it',
    'Da: Bo Lind <bo@example.org>\nInviato: lunedì 5 gennaio 2026 09:41\nA: Desk <desk@example.com>\nOggetto: R: Toner',
  ],
  [
    'Outlook',
    'nl',
    'Van: Bo Lind <bo@example.org>\nVerzonden: maandag 5 januari 2026 09:41\nAan: Desk <desk@example.com>\nOnderwerp: RE: Toner',
  ],
  [
    'Outlook',
    'da',
    'Fra: Bo Lind <bo@example.org>\nSendt: 5. januar 2026 09:41\nTil: Desk <desk@example.com>\nEmne: SV: Toner',
  ],
  [
    'Outlook',
    'no',
    'Fra: Bo Lind <bo@example.org>\nSendt: mandag 5. januar 2026 09:41\nTil: Desk <desk@example.com>\nKopi: Anna\nEmne: SV: Toner',
  ],
  [
    'Outlook',
    'sv',
    'Från: Bo Lind <bo@example.org>\nSkickat: den 5 januari 2026 09:41\nTill: Desk <desk@example.com>\nÄmne: SV: Toner',
  ],
  [
    'Outlook',
    'fi',
    'Lähettäjä: Bo Lind <bo@example.org>\nLähetetty: maanantai 5. tammikuuta 2026 9.41\nVastaanottaja: Desk <desk@example.com>\nAihe: VS: Toner',
  ],
  [
    'Outlook',
    'pl',
    'Od: Bo Lind <bo@example.org>\nWysłano: poniedziałek, 5 stycznia 2026 09:41\nDo: Desk <desk@example.com>\nDW: Anna <anna@example.com>\nTemat: RE: Toner',
  ],
  [
    'Outlook, older',
    'pl',
    'From: Bo Lind [mailto:bo@example.org] \nSent: Monday, January 05, 2026 9:41 AM\nTo: Desk\nSubject: Toner',
  ],
  [
    'Outlook',
    'cs',
    'Od: Bo Lind <bo@example.org>\nOdesláno: pondělí 5. ledna 2026 9:41\nKomu: Desk <desk@example.com>\nPředmět: RE: Toner',
  ],
  [
    'Outlook',
    'sk',
    'Od: Bo Lind <bo@example.org>\nOdoslané: pondelok 5. januára 2026 9:41\nKomu: Desk <desk@example.com>\nPredmet: RE: Toner',
  ],
  [
    'Outlook',
    'hu',
    'Feladó: Bo Lind <bo@example.org>\nElküldve: 2026. január 5., hétfő 9:41\nCímzett: Desk <desk@example.com>\nTárgy: RE: Toner',
  ],
  [
    'Outlook',
    'ro',
    'De la: Bo Lind <bo@example.org>\nTrimis: luni, 5 ianuarie 2026 09:41\nCătre: Desk <desk@example.com>\nSubiect: RE: Toner',
  ],
  [
    'Outlook',
    'tr',
    'Kimden: Bo Lind <bo@example.org>\nGönderildi: 5 Ocak 2026 Pazartesi 09:41\nKime: Desk <desk@example.com>\nKonu: YNT: Toner',
  ],
  [
    'Outlook on the web',
    'tr',
    'Gönderen: Bo Lind <bo@example.org>\nGönderildi: 5 Ocak 2026 Pazartesi 09:41\nKime: Desk <desk@example.com>\nBilgi: Anna\nKonu: Ynt: Toner',
  ],
  [
    'Outlook',
    'ru',
    'От: Bo Lind <bo@example.org>\nОтправлено: понедельник, 5 января 2026 г. 9:41\nКому: Desk <desk@example.com>\nТема: RE: Toner',
  ],
  [
    'Outlook',
    'uk',
    'Від: Bo Lind <bo@example.org>\nНадіслано: 5 січня 2026 р. 9:41\nКому: Desk <desk@example.com>\nТема: RE: Toner',
  ],
  [
    'Outlook',
    'bg',
    'От: Bo Lind <bo@example.org>\nИзпратено: понеделник, 5 януари 2026 г. 9:41\nДо: Desk <desk@example.com>\nОтносно: RE: Toner',
  ],
  [
    'Outlook',
    'el',
    'Από: Bo Lind <bo@example.org>\nΣτάλθηκε: Δευτέρα, 5 Ιανουαρίου 2026 9:41 πμ\nΠρος: Desk <desk@example.com>\nΘέμα: RE: Toner',
  ],
  ['Outlook, older', 'el', 'From: Bo Lind\nSent: Δευτέρα, 5 Ιανουαρίου 2026 9:41 πμ\nTo: Desk\nSubject: Toner'],
  [
    'Outlook',
    'hr',
    'Od: Bo Lind <bo@example.org>\nPoslano: ponedjeljak, 5. siječnja 2026. 9:41\nPrima: Desk <desk@example.com>\nPredmet: RE: Toner',
  ],
  [
    'Outlook, older',
    'hr',
    'Šalje: Bo Lind <bo@example.org>\nPoslano: 5. siječnja 2026. 9:41\nPrima: Desk <desk@example.com>\nPredmet: RE: Toner',
  ],
  [
    'Outlook',
    'sl',
    'Od: Bo Lind <bo@example.org>\nPoslano: ponedeljek, 05. januar 2026 09:41\nZa: Desk <desk@example.com>\nZadeva: RE: Toner',
  ],
  [
    'Outlook',
    'sr-Latn',
    'Od: Bo Lind <bo@example.org>\nPoslato: ponedeljak, 5. januar 2026. 09:41\nZa: Desk <desk@example.com>\nTema: RE: Toner',
  ],
  [
    'Outlook',
    'sr-Cyrl',
    'Од: Bo Lind <bo@example.org>\nПослато: понедељак, 5. јануар 2026. 09:41\nЗа: Desk <desk@example.com>\nТема: RE: Toner',
  ],
  [
    'Outlook',
    'lt',
    'Nuo: Bo Lind <bo@example.org>\nIšsiųsta: 2026 m. sausio 5 d., pirmadienis 09:41\nKam: Desk <desk@example.com>\nTema: RE: Toner',
  ],
  [
    'Outlook',
    'lv',
    'No: Bo Lind <bo@example.org>\nNosūtīts: pirmdiena, 2026. gada 5. janvāris 09:41\nKam: Desk <desk@example.com>\nTēma: RE: Toner',
  ],
  [
    'Outlook',
    'et',
    'Saatja: Bo Lind <bo@example.org>\nSaadetud: esmaspäev, 5. jaanuar 2026 09:41\nAdressaat: Desk <desk@example.com>\nTeema: RE: Toner',
  ],
  [
    'Outlook',
    'ca',
    'De: Bo Lind <bo@example.org>\nEnviat: dilluns, 5 de gener de 2026 9:41\nPer a: Desk <desk@example.com>\nTema: RE: Toner',
  ],
  [
    'Outlook',
    'gl',
    'De: Bo Lind <bo@example.org>\nEnviado: luns, 5 de xaneiro de 2026 9:41\nPara: Desk <desk@example.com>\nAsunto: RE: Toner',
  ],
  [
    'Outlook',
    'eu',
    'Nork: Bo Lind <bo@example.org>\nBidalia: astelehena, 2026.eko urtarrilak 5 9:41\nNori: Desk <desk@example.com>\nGaia: RE: Toner',
  ],
  [
    'Outlook',
    'ja',
    '差出人: Bo Lind <bo@example.org>\n送信日時: 2026年1月5日 9:41\n宛先: Desk <desk@example.com>\n件名: RE: Toner',
  ],
  [
    'Outlook',
    'zh-CN',
    '发件人: Bo Lind <bo@example.org>\n发送时间: 2026年1月5日 9:41\n收件人: Desk <desk@example.com>\n主题: 答复: Toner',
  ],
  [
    'Outlook',
    'zh-TW',
    '寄件者: Bo Lind <bo@example.org>\n寄件日期: 2026年1月5日 上午 09:41\n收件者: Desk <desk@example.com>\n主旨: RE: Toner',
  ],
  [
    'Outlook',
    'ko',
    '보낸 사람: Bo Lind <bo@example.org>\n보낸 날짜: 2026년 1월 5일 월요일 오전 9:41\n받는 사람: Desk <desk@example.com>\n제목: RE: Toner',
  ],
  [
    'Outlook',
    'he',
    'מאת: Bo Lind <bo@example.org>\nנשלח: יום שני 05 ינואר 2026 09:41\nאל: Desk <desk@example.com>\nנושא: RE: Toner',
  ],
  [
    'Outlook',
    'ar',
    'من: Bo Lind <bo@example.org>\nتم الإرسال: الاثنين، 5 يناير 2026 09:41 ص\nإلى: Desk <desk@example.com>\nالموضوع: RE: Toner',
  ],
  [
    'Outlook',
    'th',
    'จาก: Bo Lind <bo@example.org>\nส่ง: 5 มกราคม 2569 9:41\nถึง: Desk <desk@example.com>\nชื่อเรื่อง: RE: Toner',
  ],
  [
    'Outlook',
    'vi',
    'Từ: Bo Lind <bo@example.org>\nĐã gửi: Thứ Hai, 5 tháng 1, 2026 9:41 SA\nTới: Desk <desk@example.com>\nChủ đề: RE: Toner',
  ],
  [
    'Outlook',
    'id',
    'Dari: Bo Lind <bo@example.org>\nDikirim: Senin, 05 Januari 2026 09.41\nKepada: Desk <desk@example.com>\nSubjek: RE: Toner',
  ],
  [
    'Outlook',
    'hi',
    'प्रेषक: Bo Lind <bo@example.org>\nभेजा गया: 05 जनवरी 2026 09:41\nप्रति: Desk <desk@example.com>\nविषय: RE: Toner',
  ],
  [
    'Outlook',
    'fa',
    'از: Bo Lind <bo@example.org>\nارسال شده: دوشنبه, 5 ژانویه 2026 09:41\nبه: Desk <desk@example.com>\nموضوع: RE: Toner',
  ],
  [
    'Outlook, bold in the text',
    'en',
    '*From:* Bo Lind <bo@example.org>\n*Sent:* Monday, January 5, 2026 9:41 AM\n*To:* Desk <desk@example.com>\n*Subject:* RE: Toner',
  ],
  [
    'Outlook, bold in the text',
    'nl',
    '*Van:* Bo Lind <bo@example.org>\n*Verzonden:* maandag 5 januari 2026 09:41\n*Aan:* Desk <desk@example.com>\n*Onderwerp:* RE: Toner',
  ],
  [
    'Outlook, blank lines within',
    'en',
    'From: Bo Lind <bo@example.org>\n\nSent: Monday, January 5, 2026 9:41 AM\n\nTo: Desk <desk@example.com>\n\nSubject: RE: Toner',
  ],
  [
    'Outlook, mailto',
    'en',
    'From: Bo Lind [mailto:bo@example.org]\nSent: Monday, January 5, 2026 9:41 AM\nTo: desk@example.com<mailto:desk@example.com>\nSubject: RE: Toner',
  ],
  [
    'Outlook, wrapped recipients',
    'en',
    'From: Bo Lind <bo@example.org>\nSent: Monday, January 5, 2026 9:41 AM\nTo: Desk <desk@example.com>; Anna Berg <anna@example.com>; Store\n<store@example.com>; Cy <cy@example.com>\nSubject: RE: Toner',
  ],
  [
    'Outlook on the web',
    'en',
    '________________________________\nFrom: Bo Lind <bo@example.org>\nSent: Monday, January 5, 2026 9:41 AM\nTo: Desk <desk@example.com>\nSubject: Re: Toner',
  ],
  [
    'Outlook on the web',
    'de',
    '________________________________\nVon: Bo Lind <bo@example.org>\nGesendet: Montag, 5. Januar 2026 09:41\nAn: Desk <desk@example.com>\nBetreff: Re: Toner',
  ],
  [
    'Outlook for Mac',
    'en',
    'From: Bo Lind <bo@example.org>\nDate: Monday, January 5, 2026 at 9:41 AM\nTo: Desk <desk@example.com>\nSubject: Re: Toner',
  ],
  [
    'Outlook for Mac',
    'de',
    'Von: Bo Lind <bo@example.org>\nDatum: Montag, 5. Januar 2026 um 09:41\nAn: Desk <desk@example.com>\nBetreff: Re: Toner',
  ],
  [
    'Outlook for Mac',
    'fr',
    'De : Bo Lind <bo@example.org>\nDate : lundi 5 janvier 2026 à 09:41\nÀ : Desk <desk@example.com>\nObjet : Re: Toner',
  ],
  [
    'Outlook for Mac',
    'sv',
    'Från: Bo Lind <bo@example.org>\nDatum: måndag 5 januari 2026 09:41\nTill: Desk <desk@example.com>\nÄmne: Re: Toner',
  ],
  [
    'Outlook for Mac',
    'da',
    'Fra: Bo Lind <bo@example.org>\nDato: mandag den 5. januar 2026 kl. 09.41\nTil: Desk <desk@example.com>\nEmne: Re: Toner',
  ],
  ['Windows Mail', 'en', 'From: Bo Lind\nSent: Monday, January 5, 2026 9:41 AM\nTo: Desk'],
  [
    'Outlook 2000',
    'en',
    '-----Original Message-----\nFrom: Bo Lind [mailto:bo@example.org]\nSent: Monday, January 05, 2026 9:41 AM\nTo: Desk\nSubject: Toner',
  ],
  [
    'Outlook 2000',
    'de',
    '-----Ursprüngliche Nachricht-----\nVon: Bo Lind [mailto:bo@example.org]\nGesendet: Montag, 5. Januar 2026 09:41\nAn: Desk\nBetreff: Toner',
  ],
  [
    'Outlook 2000',
    'fr',
    "-----Message d'origine-----\nDe : Bo Lind [mailto:bo@example.org]\nEnvoyé : lundi 5 janvier 2026 09:41\nÀ : Desk\nObjet : Toner",
  ],
  [
    'Outlook 2000',
    'es',
    '-----Mensaje original-----\nDe: Bo Lind [mailto:bo@example.org]\nEnviado el: lunes, 05 de enero de 2026 9:41\nPara: Desk\nAsunto: Toner',
  ],
  [
    'Outlook 2000',
    'it',
    '-----Messaggio originale-----\nDa: Bo Lind [mailto:bo@example.org]\nInviato: lunedì 5 gennaio 2026 9.41\nA: Desk\nOggetto: Toner',
  ],
  [
    'Outlook 2000',
    'pt',
    '-----Mensagem original-----\nDe: Bo Lind [mailto:bo@example.org]\nEnviada em: segunda-feira, 5 de janeiro de 2026 09:41\nPara: Desk\nAssunto: Toner',
  ],
  [
    'Outlook 2000',
    'nl',
    '-----Oorspronkelijk bericht-----\nVan: Bo Lind [mailto:bo@example.org]\nVerzonden: maandag 5 januari 2026 9:41\nAan: Desk\nOnderwerp: Toner',
  ],
  [
    'Outlook 2000',
    'da',
    '-----Oprindelig meddelelse-----\nFra: Bo Lind [mailto:bo@example.org]\nSendt: 5. januar 2026 09:41\nTil: Desk\nEmne: Toner',
  ],
  [
    'Outlook 2000',
    'no',
    '-----Opprinnelig melding-----\nFra: Bo Lind [mailto:bo@example.org]\nSendt: 5. januar 2026 09:41\nTil: Desk\nEmne: Toner',
  ],
  [
    'Outlook 2000',
    'sv',
    '-----Ursprungligt meddelande-----\nFrån: Bo Lind [mailto:bo@example.org]\nSkickat: den 5 januari 2026 09:41\nTill: Desk\nÄmne: Toner',
  ],
  [
    'Outlook 2000',
    'fi',
    '-----Alkuperäinen viesti-----\nLähettäjä: Bo Lind [mailto:bo@example.org]\nLähetetty: 5. tammikuuta 2026 9:41\nVastaanottaja: Desk\nAihe: Toner',
  ],
  [
    'Outlook 2000',
    'pl',
    '-----Oryginalna wiadomość-----\nOd: Bo Lind [mailto:bo@example.org]\nWysłano: 5 stycznia 2026 09:41\nDo: Desk\nTemat: Toner',
  ],
  [
    'Outlook 2000',
    'cs',
    '-----Původní zpráva-----\nOd: Bo Lind [mailto:bo@example.org]\nOdesláno: 5. ledna 2026 9:41\nKomu: Desk\nPředmět: Toner',
  ],
  [
    'Outlook 2000',
    'sk',
    '-----Pôvodná správa-----\nOd: Bo Lind [mailto:bo@example.org]\nOdoslané: 5. januára 2026 9:41\nKomu: Desk\nPredmet: Toner',
  ],
  [
    'Outlook 2000',
    'hu',
    '-----Eredeti üzenet-----\nFeladó: Bo Lind [mailto:bo@example.org]\nKüldve: 2026. január 5. 9:41\nCímzett: Desk\nTárgy: Toner',
  ],
  [
    'Outlook 2000',
    'ru',
    '-----Исходное сообщение-----\nОт: Bo Lind [mailto:bo@example.org]\nОтправлено: 5 января 2026 г. 9:41\nКому: Desk\nТема: Toner',
  ],
  [
    'Outlook 2000',
    'tr',
    '-----Özgün İleti-----\nKimden: Bo Lind [mailto:bo@example.org]\nGönderme: 5 Ocak 2026 Pazartesi 09:41\nKime: Desk\nKonu: Toner',
  ],
  [
    'Outlook 2000',
    'el',
    '-----Αρχικό μήνυμα-----\nΑπό: Bo Lind [mailto:bo@example.org]\nΑποστολή: Δευτέρα, 5 Ιανουαρίου 2026 9:41 πμ\nΠρος: Desk\nΘέμα: Toner',
  ],
  [
    'Outlook 2000',
    'ja',
    '-----元のメッセージ-----\n差出人: Bo Lind [mailto:bo@example.org]\n送信日時: 2026年1月5日 9:41\n宛先: Desk\n件名: Toner',
  ],
  [
    'Outlook 2000',
    'zh-CN',
    '-----邮件原件-----\n发件人: Bo Lind [mailto:bo@example.org]\n发送时间: 2026年1月5日 9:41\n收件人: Desk\n主题: Toner',
  ],
  [
    'Outlook 2000',
    'ko',
    '-----원본 메시지-----\n보낸 사람: Bo Lind [mailto:bo@example.org]\n보낸 날짜: 2026년 1월 5일 월요일 오전 9:41\n받는 사람: Desk\n제목: Toner',
  ],
  [
    'Outlook Express',
    'en',
    '----- Original Message ----- \nFrom: Bo Lind \nTo: desk@example.com \nSent: Monday, January 05, 2026 9:41 AM\nSubject: Toner',
  ],
  [
    'Outlook Express',
    'fr',
    '----- Message d’origine ----- \nDe : Bo Lind \nÀ : desk@example.com \nEnvoyé : lundi 5 janvier 2026 09:41\nObjet : Toner',
  ],
  // Webmail
  [
    'GMX',
    'de',
    'Gesendet: Montag, 05. Januar 2026 um 09:41 Uhr\nVon: "Bo Lind" <bo@example.org>\nAn: desk@example.com\nBetreff: Aw: Toner',
  ],
  [
    'GMX',
    'en',
    'Sent: Monday, January 05, 2026 at 9:41 AM\nFrom: "Bo Lind" <bo@example.org>\nTo: desk@example.com\nSubject: Re: Toner',
  ],
  [
    'GMX',
    'es',
    'Enviado: lunes, 05 de enero de 2026 a las 9:41\nDe: "Bo Lind" <bo@example.org>\nPara: desk@example.com\nAsunto: Re: Toner',
  ],
  [
    'GMX',
    'fr',
    'Envoyé: lundi 5 janvier 2026 à 09:41\nDe: "Bo Lind" <bo@example.org>\nÀ: desk@example.com\nObjet: Re: Toner',
  ],
  [
    'T-Online',
    'de',
    '-----Original-Nachricht-----\nBetreff: Toner\nDatum: 2026-01-05T09:41:25+0100\nVon: "Bo Lind" <bo@example.org>\nAn: "desk@example.com" <desk@example.com>',
  ],
  [
    'Freenet',
    'de',
    '--- Ursprüngliche Nachricht ---\nVon: Bo Lind <bo@example.org>\nDatum: 05.01.2026 09:41:25\nAn: desk@example.com\nBetreff: Toner',
  ],
  [
    'Yahoo classic',
    'en',
    '________________________________\n From: Bo Lind <bo@example.org>\nTo: desk@example.com \nSent: Monday, January 5, 2026 9:41 AM\nSubject: Re: Toner',
  ],
  [
    'Yahoo classic',
    'de',
    '________________________________\n Von: Bo Lind <bo@example.org>\nAn: desk@example.com \nGesendet: 9:41 Montag, 5.Januar 2026\nBetreff: Re: Toner',
  ],
  [
    'Proton',
    'en',
    '‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐\nOn Monday, January 5th, 2026 at 9:41 AM, Bo Lind <bo@example.org> wrote:',
  ],
  [
    'Proton, newer',
    'en',
    '------- Original Message -------\nOn Monday, January 5th, 2026 at 9:41 AM, Bo Lind <bo@example.org> wrote:',
  ],
  [
    'Notes',
    'en',
    'From:        Bo Lind <bo@example.org>\nTo:        desk@example.com\nDate:        01/05/2026 09:41 AM\nSubject:        Toner',
  ],
  [
    'Notes',
    'de',
    'Von:        Bo Lind <bo@example.org>\nAn:        desk@example.com\nKopie:        Anna\nDatum:        05.01.2026 09:41\nBetreff:        Toner',
  ],
  [
    'iNotes',
    'en',
    '-----"Bo Lind" <bo@example.org> wrote: -----\nTo: desk@example.com\nFrom: "Bo Lind" <bo@example.org>\nDate: 01/05/2026 09:41AM\nSubject: Toner',
  ],
  [
    'Roundcube',
    'en',
    '-------- Original Message --------\nSubject: Toner\nDate: 2026-01-05 09:41\n From: Bo Lind <bo@example.org>\n To: desk@example.com',
  ],
  [
    'Roundcube',
    'de',
    '-------- Originalnachricht --------\nBetreff: Toner\nDatum: 05.01.2026 09:41\nVon: Bo Lind <bo@example.org>\nAn: desk@example.com',
  ],
  [
    'Roundcube',
    'fr',
    '-------- Message original --------\nObjet: Toner\nDate: 05/01/2026 09:41\nDe: Bo Lind <bo@example.org>\nÀ: desk@example.com',
  ],
  [
    'SquirrelMail',
    'en',
    '---------------------------- Original Message ----------------------------\nSubject: Toner\nFrom:    "Bo Lind" <bo@example.org>\nDate:    Mon, January 5, 2026 9:41 am\nTo:      desk@example.com\n--------------------------------------------------------------------------',
  ],
  [
    'Horde',
    'en',
    '----- Message from Bo Lind <bo@example.org> ---------\n    Date: Mon, 05 Jan 2026 09:41:25 +0100\n    From: Bo Lind <bo@example.org>\n Subject: Toner\n      To: desk@example.com',
  ],
  [
    'Horde',
    'de',
    '----- Nachricht von Bo Lind <bo@example.org> ---------\n     Datum: Mon, 05 Jan 2026 09:41:25 +0100\n       Von: Bo Lind <bo@example.org>\n   Betreff: Toner\n        An: desk@example.com',
  ],
  [
    'Zimbra',
    'en',
    '----- Original Message -----\nFrom: "Bo Lind" <bo@example.org>\nTo: "desk" <desk@example.com>\nSent: Monday, January 5, 2026 9:41:25 AM\nSubject: Toner',
  ],
  [
    'Zimbra',
    'de',
    '----- Ursprüngliche Mail -----\nVon: "Bo Lind" <bo@example.org>\nAn: "desk" <desk@example.com>\nGesendet: Montag, 5. Januar 2026 09:41:25\nBetreff: Toner',
  ],
  [
    'Zimbra',
    'fr',
    '----- Mail original -----\nDe: "Bo Lind" <bo@example.org>\nÀ: "desk" <desk@example.com>\nEnvoyé: Lundi 5 Janvier 2026 09:41:25\nObjet: Toner',
  ],
  [
    'Zimbra',
    'es',
    '----- Mensaje original -----\nDe: "Bo Lind" <bo@example.org>\nPara: "desk" <desk@example.com>\nEnviados: Lunes, 5 de Enero 2026 9:41:25\nAsunto: Toner',
  ],
  [
    'Zimbra',
    'pt',
    '----- Mensagem original -----\nDe: "Bo Lind" <bo@example.org>\nPara: "desk" <desk@example.com>\nEnviadas: Segunda-feira, 5 de janeiro de 2026 9:41:25\nAssunto: Toner',
  ],
  [
    'Zimbra',
    'it',
    '----- Messaggio originale -----\nDa: "Bo Lind" <bo@example.org>\nA: "desk" <desk@example.com>\nInviato: Lunedì, 5 gennaio 2026 9:41:25\nOggetto: Toner',
  ],
  [
    'Zimbra',
    'pl',
    '----- Oryginalna wiadomość -----\nOd: "Bo Lind" <bo@example.org>\nDo: "desk" <desk@example.com>\nWysłane: poniedziałek, 5 styczeń 2026 9:41:25\nTemat: Toner',
  ],
  [
    'AOL',
    'en',
    '-----Original Message-----\nFrom: Bo Lind <bo@example.org>\nTo: desk <desk@example.com>\nSent: Mon, Jan 5, 2026 9:41 am\nSubject: Toner',
  ],
  [
    'AOL',
    'de',
    '-----Ursprüngliche Mitteilung----- \nVon: Bo Lind <bo@example.org>\nAn: desk <desk@example.com>\nVerschickt: Mo, 5. Jan 2026 9:41\nBetreff: Toner',
  ],
  [
    'AOL',
    'fr',
    "-----E-mail d'origine-----\nDe : Bo Lind <bo@example.org>\nA : desk <desk@example.com>\nEnvoyé le : Lu, 5 Jan 2026 9:41\nSujet : Toner",
  ],
  [
    'Open-Xchange',
    'de',
    '---------- Ursprüngliche Nachricht ----------\nVon: Bo Lind <bo@example.org>\nAn: desk@example.com\nDatum: 5. Januar 2026 um 09:41\nBetreff: Toner',
  ],
  [
    'Open-Xchange',
    'en',
    '---------- Original Message ----------\nFrom: Bo Lind <bo@example.org>\nTo: desk@example.com\nDate: January 5, 2026 at 9:41 AM\nSubject: Toner',
  ],
  [
    'Libero',
    'it',
    '----Messaggio originale----\nDa: bo@example.org\nData: 05/01/2026 9.41\nA: <desk@example.com>\nOgg: Toner',
  ],
  // Apps
  [
    'Samsung',
    'en',
    '-------- Original message --------\nFrom: Bo Lind <bo@example.org> \nDate: 1/5/26  9:41 AM  (GMT+01:00) \nTo: desk@example.com \nSubject: Toner ',
  ],
  [
    'Samsung',
    'de',
    '-------- Ursprüngliche Nachricht --------\nVon: Bo Lind <bo@example.org> \nDatum: 05.01.26  09:41  (GMT+01:00) \nAn: desk@example.com \nBetreff: Toner ',
  ],
  [
    'Samsung',
    'fr',
    "-------- Message d'origine --------\nDe : Bo Lind <bo@example.org> \nDate : 05/01/2026  09:41  (GMT+01:00) \nÀ : desk@example.com \nObjet : Toner ",
  ],
  [
    'Samsung',
    'pl',
    '-------- Oryginalna wiadomość --------\nOd: Bo Lind <bo@example.org> \nData: 05.01.2026  09:41  (GMT+01:00) \nDo: desk@example.com \nTemat: Toner ',
  ],
  [
    'Samsung',
    'nl',
    '-------- Oorspronkelijk bericht --------\nVan: Bo Lind <bo@example.org> \nDatum: 05-01-26 09:41 (GMT+01:00) \nAan: desk@example.com \nOnderwerp: Toner ',
  ],
  [
    'HTC',
    'en',
    '----- Reply message -----\nFrom: "Bo Lind" <bo@example.org>\nTo: <desk@example.com>\nSubject: Toner\nDate: Mon, Jan 5, 2026 9:41 AM',
  ],
  [
    'BlackBerry',
    'en',
    '-----Original Message-----\nFrom: Bo Lind <bo@example.org>\nDate: Mon, 5 Jan 2026 09:41:25 \nTo: <desk@example.com>\nSubject: Toner',
  ],
  [
    'BlackBerry 10',
    'en',
    '  Original Message  \nFrom: Bo Lind\nSent: Monday, January 5, 2026 9:41 AM\nTo: desk@example.com\nReply To: bo@example.org\nSubject: Toner',
  ],
  [
    'eM Client',
    'en',
    '------ Original Message ------\nFrom "Bo Lind" <bo@example.org>\nTo desk@example.com\nDate 1/5/2026 9:41:25 AM\nSubject Toner',
  ],
  [
    'eM Client, older',
    'en',
    '------ Original Message ------\nFrom: "Bo Lind" <bo@example.org>\nTo: desk@example.com\nSent: 1/5/2026 9:41:25 AM\nSubject: Toner',
  ],
  [
    'eM Client',
    'de',
    '------ Originalnachricht ------\nVon "Bo Lind" <bo@example.org>\nAn desk@example.com\nDatum 05.01.2026 09:41:25\nBetreff Toner',
  ],
  [
    'QQ',
    'en',
    '------------------ Original ------------------\nFrom:  "Bo Lind"<bo@example.org>;\nDate:  Mon, Jan 5, 2026 09:41 AM\nTo:  "desk"<desk@example.com>; \n\nSubject:  Toner',
  ],
  [
    'QQ',
    'zh-CN',
    '------------------ 原始邮件 ------------------\n发件人: "Bo Lind"<bo@example.org>;\n发送时间: 2026年1月5日(星期一) 上午9:41\n收件人: "desk"<desk@example.com>;\n\n主题: Toner',
  ],
  [
    '163, newer',
    'zh-CN',
    '---- 回复的原邮件 ----\n| 发件人 | Bo Lind<bo@example.org> |\n| 日期 | 2026年01月05日 09:41 |\n| 收件人 | desk<desk@example.com> |\n| 主题 | Toner |',
  ],
  [
    '163, newer',
    'en',
    '---- Replied Message ----\n| From | Bo Lind<bo@example.org> |\n| Date | 01/05/2026 09:41 |\n| To | desk<desk@example.com> |\n| Subject | Toner |',
  ],
  ['Foxmail', 'zh-CN', '发件人： Bo Lind\n发送时间： 2026-01-05 09:41\n收件人： desk\n主题： Toner'],
  ['Foxmail', 'en', 'From: Bo Lind\nDate: 2026-01-05 09:41\nTo: desk\nSubject: Toner'],
  [
    'Aliyun',
    'zh-CN',
    '------------------------------------------------------------------\n发件人：Bo Lind <bo@example.org>\n发送时间：2026年1月5日(星期一) 09:41\n收件人：desk <desk@example.com>\n主　题：Toner',
  ],
  [
    'Naver',
    'ko',
    '-----Original Message-----\nFrom: "Bo Lind"<bo@example.org>\nTo: <desk@example.com>\nCc:\nSent: 2026-01-05 (월) 09:41:25 (GMT+09:00)\nSubject: Toner',
  ],
  [
    'Daum',
    'ko',
    '--------- 원본 메일 ---------\n보낸사람: Bo Lind <bo@example.org>\n받는사람: desk <desk@example.com>\n날짜: 2026년 1월 5일 월요일, 09시 41분\n제목: Toner',
  ],
  [
    'Mail.ru',
    'ru',
    '-------- Исходное сообщение --------\nОт кого: Bo Lind <bo@example.org>\nКому: desk@example.com\nДата: понедельник, 5 января 2026, 9:41 +03:00\nТема: Toner',
  ],
];
