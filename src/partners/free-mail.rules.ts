/**
 * Domains in which anybody can have a mailbox. No organization speaks for them, whoever could place a record there
 * (H18). The list is kept by hand: the large providers of each region, and the best known throw-away ones.
 */

const text = `
  gmail.com googlemail.com
  outlook.com hotmail.com live.com msn.com passport.com outlook.de outlook.fr outlook.es outlook.it outlook.jp outlook.in
  hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es hotmail.nl hotmail.be hotmail.se hotmail.co.jp hotmail.com.br
  live.co.uk live.fr live.de live.it live.nl live.be live.se live.dk live.no live.ca live.jp live.com.au live.com.mx
  yahoo.com ymail.com rocketmail.com myyahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.ca yahoo.in
  yahoo.co.in yahoo.co.jp yahoo.co.id yahoo.com.au yahoo.com.br yahoo.com.mx yahoo.com.ar yahoo.com.sg yahoo.com.hk
  yahoo.com.tw yahoo.com.ph yahoo.com.vn yahoo.com.tr yahoo.ie yahoo.gr yahoo.pl yahoo.ro yahoo.se yahoo.no yahoo.dk
  icloud.com me.com mac.com privaterelay.appleid.com
  aol.com aol.co.uk aol.de aol.fr aim.com netscape.net love.com
  proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tutamail.com tuta.com tuta.io keemail.me
  hushmail.com hush.com mailfence.com posteo.de posteo.net mailbox.org runbox.com disroot.org riseup.net ctemplar.com
  startmail.com countermail.com kolabnow.com fastmail.com fastmail.fm messagingengine.com hey.com zoho.com zohomail.com
  zohomail.eu
  gmx.de gmx.net gmx.com gmx.at gmx.ch gmx.us gmx.co.uk gmx.fr gmx.es web.de mail.de email.de freenet.de t-online.de
  arcor.de online.de vodafonemail.de 1und1.de posteo.eu freemail.de
  mail.com email.com usa.com consultant.com europe.com post.com engineer.com techie.com writeme.com dr.com iname.com
  inbox.com lycos.com excite.com juno.com netzero.net rediffmail.com indiatimes.com sify.com
  comcast.net xfinity.com verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net
  rogers.com shaw.ca sympatico.ca videotron.ca telus.net
  btinternet.com sky.com virginmedia.com ntlworld.com talktalk.net blueyonder.co.uk tiscali.co.uk
  orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr numericable.fr bbox.fr voila.fr
  libero.it virgilio.it alice.it tin.it tiscali.it inwind.it iol.it email.it fastwebnet.it
  terra.com.br uol.com.br bol.com.br ig.com.br globo.com globomail.com r7.com
  ziggo.nl kpnmail.nl planet.nl home.nl xs4all.nl hetnet.nl telenet.be skynet.be proximus.be
  bluewin.ch hispeed.ch sunrise.ch chello.at aon.at
  wp.pl o2.pl onet.pl interia.pl gazeta.pl poczta.onet.pl op.pl vp.pl tlen.pl
  seznam.cz centrum.cz email.cz volny.cz post.cz azet.sk centrum.sk zoznam.sk
  freemail.hu citromail.hu indamail.hu abv.bg mail.bg dir.bg
  mail.ru bk.ru inbox.ru list.ru internet.ru yandex.ru yandex.com ya.ru yandex.ua yandex.kz yandex.by rambler.ru
  ukr.net i.ua meta.ua bigmir.net tut.by
  qq.com foxmail.com 163.com 126.com yeah.net 139.com 189.cn wo.cn sina.com sina.cn sohu.com aliyun.com tom.com 21cn.com
  naver.com hanmail.net daum.net kakao.com nate.com
  docomo.ne.jp ezweb.ne.jp au.com softbank.ne.jp i.softbank.jp nifty.com biglobe.ne.jp so-net.ne.jp excite.co.jp
  bigpond.com bigpond.net.au optusnet.com.au iinet.net.au xtra.co.nz
  mynet.com walla.co.il walla.com zahav.net.il
  mailinator.com guerrillamail.com guerrillamail.net guerrillamail.org sharklasers.com 10minutemail.com temp-mail.org
  tempmail.com yopmail.com yopmail.fr trashmail.com trashmail.de throwawaymail.com getnada.com dispostable.com
  maildrop.cc mohmal.com fakeinbox.com mintemail.com mytemp.email spamgourmet.com discard.email wegwerfmail.de
  simplelogin.com anonaddy.com addy.io duck.com mozmail.com
`;

const freeMail: ReadonlySet<string> = new Set(text.trim().split(/\s+/));

/** @param names a domain and those above it, in A-labels */
export function isFreeMail(names: readonly string[]): boolean {
  return names.some((name) => freeMail.has(name));
}
