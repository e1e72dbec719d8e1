"""Names of people as they are met in Berlin: given and family names of many origins, in Latin letters."""

from dataclasses import dataclass

from bjc_desktop.sample.dice import Dice, Weighted


@dataclass(frozen=True, slots=True)
class Origin:
    """Names of one origin; the names of a list are separated by commas."""

    weight: float
    native_share: float
    female: tuple[str, ...]
    male: tuple[str, ...]
    family: tuple[str, ...]


def _origin(weight: float, native_share: float, female: str, male: str, family: str) -> Origin:
    def names(text: str) -> tuple[str, ...]:
        return tuple(name.strip() for name in text.split(","))

    return Origin(weight, native_share, names(female), names(male), names(family))


ORIGINS = (
    _origin(
        44,
        0.97,
        "Sabine, Petra, Käthe, Jördis, Martina, Ute, Birgit, Anke, Doreen, Mandy, Silke, Yvonne, Jana, Heike, Karin, Renate, "
        "Gisela, Änne, Marie-Luise, Anna Lena, Kerstin, Nadine, Franziska, Cornelia",
        "Jürgen, Günther, Björn, Rüdiger, Uwe, Detlef, Thomas, Andreas, Maik, Ronny, Enrico, Hans-Jürgen, Karl Heinz, Torsten, "
        "Jörg, Stefan, Mario, Frank, Lutz, Götz, Matthias, Sören, Kevin, Dirk",
        "Müller, Schäfer, Krüger, Groß, Weiß, Köhler, Böhm, Jäger, Schröder, Lehmann, Schulz, Neumann, Schmidt-Großmann, "
        "von der Heide, Zöllner, Öhler, Ärmel, Übel, Kuhn, Vogt, Pohl, Wolff, Meißner, Fröhlich, Hübner, Kößling, zu Rhein, "
        "Hinrichs, Thiele, Berndt, Nowack, Ebeling, Fischer-Dieskau, Hoffmann, Zimmermann, Richter",
    ),
    _origin(
        11,
        0.3,
        "Ayşe, Gülşen, Elif, Özlem, Şükran, Çiğdem, Fatma, Yıldız, Zeynep, Hatice, İpek, Tuğba",
        "Mehmet, Çağrı, Ömer, İbrahim, Şahin, Yılmaz, Hüseyin, Oğuz, Uğur, Kâzım, Emre, Ümit",
        "Yıldırım, Öztürk, Şimşek, Çelik, Kılıç, Güneş, Doğan, Aydın, İnan, Ünal, Koçak, Yağmur",
    ),
    _origin(
        5,
        0.25,
        "Agnieszka, Małgorzata, Żaneta, Bożena, Grażyna, Elżbieta, Świetlana, Łucja",
        "Paweł, Łukasz, Stanisław, Michał, Zdzisław, Błażej, Rafał, Krzysztof",
        "Wiśniewski, Dąbrowska, Wójcik, Łoś, Żuraw, Źrebiec, Śliwa, Gołębiowska, Zając, Kamiński-Nowak",
    ),
    _origin(
        4,
        0.3,
        "Thị Hồng, Quỳnh, Bảo Ngọc, Phượng, Thu Hằng, Mỹ Duyên, Ánh, Tuyết",
        "Văn Hùng, Đức, Tuấn, Quốc Việt, Hữu Phước, Ngọc Sơn, Dũng, Bình",
        "Nguyễn, Trần, Lê, Phạm, Hoàng, Vũ, Đặng, Bùi, Đỗ, Hồ, Ngô, Dương",
    ),
    _origin(
        11,
        0.08,
        "Fāṭima, Maryam, Hanān, Nūr, Rīm, Amal, Zaynab, Sumayya, Lamyāʾ, ʿĀʾisha",
        "Aḥmad, Muḥammad, Yūsuf, ʿAlī, Khālid, Ṭāriq, Bilāl, Ḥasan, Muṣṭafā, Abd al-Karim",
        "al-Ḥusaynī, Haddād, ʿAbd ar-Raḥmān, an-Naǧǧār, aš-Šāmī, Khoury, al-Ǧazāʾirī, Ṣāliḥ, Ḏu n-Nūn, Ġānim, El Masri, Ṯābit",
    ),
    _origin(
        8,
        0.03,
        "Oksana, Natalija, Olʹha, Ljudmyla, Iryna, Solomija, Svitlana, Zlata",
        "Serhij, Volodymyr, Mykola, Jurij, Andrij, Bohdan, Oleksandr, Taras",
        "Ševčenko, Bojčuk, Kovalʹčuk, Žadan, Hryhorʹjev, Pečerska, Bondarenko, Ščerbak, Lysenko, Tkačuk",
    ),
    _origin(
        4,
        0.1,
        "Ștefania, Ileana, Mădălina, Ioana, Cătălina, Anișoara",
        "Ștefan, Ionuț, Cătălin, Răzvan, Mihăiță, Vasile",
        "Țepeș, Ionescu, Brâncuși, Păun, Munteanu, Lupășcu, Gheorghiță",
    ),
    _origin(
        4,
        0.15,
        "Džana, Željka, Lejla, Snežana, Jasmina, Šejla",
        "Đorđe, Željko, Emir, Ćamil, Nedžad, Miloš",
        "Hadžić, Đukić, Šarić, Čolić, Ćosić, Žunić, Begović-Kovač",
    ),
    _origin(
        3,
        0.12,
        "Rojîn, Berîvan, Zîn, Şîlan, Evîn, Gulîstan",
        "Şivan, Azad, Ciwan, Rêber, Serhat, Mîrza",
        "Çiya, Demîr, Xelîl, Şêxo, Bêkes, Ehmed",
    ),
    _origin(
        3,
        0.03,
        "Selam, Ḥiwät, Mərḥawit, Letebrhan, Səmret, Bərəkti",
        "Yonas, Təsfay, Gäbrä, Məḥari, Fəṣṣum, Ḳidanä",
        "Täsfazgi, Ḥagos, Ḳəfle, Gäbrämädḫən, Habtäab, Wäldu",
    ),
    _origin(
        1,
        0.05,
        "Guðrún, Þórdís, Ásta, Sæunn",
        "Þorsteinn, Sigurður, Örn, Ægir",
        "Jónsdóttir, Guðmundsson, Þórðarson, Ísfeld",
    ),
    _origin(
        2,
        0.05,
        "Ẹniọlá, Ṣadé, Títílayọ, Ìfẹ",
        "Ọlá, Ṣẹgun, Kọlá, Adéwálé",
        "Ọlátúnjí, Adébáyọ, Ṣóyínká, Ògúnṣọlá",
    ),
    _origin(
        2,
        0.1,
        "Zoë, Maëlle, Inês, Conceição, Mónica, Begoña, Siân",
        "Seán, Ramón, Antônio, Eoin, Loïc, Håkan, Søren",
        "O'Connor, D’Angelo, Muñoz, Gonçalves, Ångström, Sørensen, Mac Cárthaigh, L'Hôte",
    ),
    _origin(
        2,
        0.1,
        "Rasa, Živilė, Līga, Kadri, Zsófia, Božena, Mária",
        "Jānis, Kęstutis, Õnne, Győző, László, Jiří, Ľuboš",
        "Bērziņš, Žukauskaitė, Kõiv, Szűcs, Dvořák, Kováč, Řehoř, Ķēniņš",
    ),
)

_CHOICES = Weighted({index: origin.weight for index, origin in enumerate(ORIGINS)})


def origin_of(dice: Dice) -> Origin:
    """Return the origin of a new person's name."""
    return ORIGINS[dice.draw(_CHOICES)]


def ordinary_name(dice: Dice, origin: Origin, *, female: bool) -> tuple[str, str]:
    """Return a given name and a family name of *origin*."""
    return dice.pick(origin.female if female else origin.male), dice.pick(origin.family)
